import * as z from 'zod';
import type { Clock } from '../../core/time.ts';
import { days } from '../../core/time.ts';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorize } from '../aws/caller.ts';
import type { KeyAccess, KeyRequester } from './key-access.ts';
import { macAlgorithmOf } from './key-material.ts';
import type { Key, KeyStore } from './key-store.ts';
import { keyPendingDeletion, throughKms } from './kms-error.ts';
import { signingAlgorithms } from './signing-operations.ts';

const KeyId = z.string().min(1).max(2048);
export const OfKey = z.strictObject({ KeyId, GrantTokens: z.array(z.string()).optional() });
export const ScheduleKeyDeletion = z.strictObject({
  KeyId,
  PendingWindowInDays: z.number().int().min(7).max(30).optional(),
});
export const List = z.strictObject({
  Limit: z.number().int().min(1).max(1000).optional(),
  Marker: z.string().optional(),
});
export const ListAliases = List.extend({ KeyId: KeyId.optional() });
export const GetKeyPolicy = z.strictObject({ KeyId, PolicyName: z.literal('default').optional() });

export interface KeyOperationDeps {
  readonly store: KeyStore;
  readonly access: KeyAccess;
  readonly clock: Clock;
  readonly authorize: Authorize;
  readonly accountId: string;
}

export const describeKey = ({ access }: KeyOperationDeps, requester: KeyRequester, keyId: string) => {
  const { key, requestAlias } = access.resolve(keyId, requester.region);
  access.check(requester, key, { action: 'kms:DescribeKey', ...(requestAlias !== undefined && { requestAlias }) });
  return { KeyMetadata: metadataOf(key) };
};

const metadataOf = (key: Key): object => ({
  AWSAccountId: key.accountId,
  KeyId: key.keyId,
  Arn: key.arn,
  CreationDate: key.createdMs / 1000,
  Enabled: key.state === 'Enabled',
  Description: key.description,
  KeyUsage: key.usage,
  KeyState: key.state,
  ...(key.deletionMs !== undefined && { DeletionDate: key.deletionMs / 1000 }),
  Origin: 'AWS_KMS',
  KeyManager: key.manager,
  KeySpec: key.spec,
  CustomerMasterKeySpec: key.spec,
  MultiRegion: key.multiRegion,
  ...algorithmsOf(key),
});

const algorithmsOf = ({ usage, spec }: Key): object => {
  if (usage === 'ENCRYPT_DECRYPT') return { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] };
  return usage === 'SIGN_VERIFY'
    ? { SigningAlgorithms: signingAlgorithms(spec) }
    : { MacAlgorithms: [macAlgorithmOf(spec)] };
};

/** Enables or disables a key; one that waits for its deletion can be neither. */
export const setEnabled = (deps: KeyOperationDeps, requester: KeyRequester, keyId: string, enabled: boolean): void => {
  const key = managed(deps, requester, keyId, enabled ? 'kms:EnableKey' : 'kms:DisableKey');
  if (key.state === 'PendingDeletion') throw keyPendingDeletion(key.arn);
  deps.store.update(key, { state: enabled ? 'Enabled' : 'Disabled' });
};

export const scheduleDeletion = (
  deps: KeyOperationDeps,
  requester: KeyRequester,
  input: z.output<typeof ScheduleKeyDeletion>,
) => {
  const key = managed(deps, requester, input.KeyId, 'kms:ScheduleKeyDeletion');
  if (key.state === 'PendingDeletion') throw keyPendingDeletion(key.arn);
  const window = input.PendingWindowInDays ?? 30;
  const deletionMs = deps.clock.now() + days(window);
  deps.store.update(key, { state: 'PendingDeletion', deletionMs });
  return { KeyId: key.arn, DeletionDate: deletionMs / 1000, KeyState: 'PendingDeletion', PendingWindowInDays: window };
};

/** A key that is saved from its deletion is disabled, as on AWS. */
export const cancelDeletion = (deps: KeyOperationDeps, requester: KeyRequester, keyId: string) => {
  const key = managed(deps, requester, keyId, 'kms:CancelKeyDeletion');
  if (key.state !== 'PendingDeletion') {
    throw new AwsError('KMSInvalidStateException', 409, `${key.arn} is not pending deletion.`);
  }
  deps.store.update(key, { state: 'Disabled', deletionMs: undefined });
  return { KeyId: key.arn };
};

const managed = ({ access }: KeyOperationDeps, requester: KeyRequester, keyId: string, action: string): Key => {
  const { key } = access.resolve(keyId, requester.region);
  access.check(requester, key, { action });
  return key;
};

export const getKeyPolicy = (deps: KeyOperationDeps, requester: KeyRequester, keyId: string) => ({
  Policy: JSON.stringify(managed(deps, requester, keyId, 'kms:GetKeyPolicy').policy),
  PolicyName: 'default',
});

export const getRotationStatus = (deps: KeyOperationDeps, requester: KeyRequester, keyId: string) => {
  const key = managed(deps, requester, keyId, 'kms:GetKeyRotationStatus');
  return { KeyId: key.arn, KeyRotationEnabled: key.rotation, ...(key.rotation && { RotationPeriodInDays: 365 }) };
};

export const listKeys = (deps: KeyOperationDeps, requester: KeyRequester, input: z.output<typeof List>) => {
  authorizeList(deps, requester, 'kms:ListKeys');
  const keys = [...deps.store.all(requester.region)].sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  const { page, more } = paged(keys, ({ keyId }) => keyId, input);
  return { Keys: page.map(({ keyId, arn }) => ({ KeyId: keyId, KeyArn: arn })), ...more };
};

export const listAliases = (deps: KeyOperationDeps, requester: KeyRequester, input: z.output<typeof ListAliases>) => {
  authorizeList(deps, requester, 'kms:ListAliases');
  const { region } = requester;
  const keyId = input.KeyId === undefined ? undefined : deps.access.resolve(input.KeyId, region).key.keyId;
  const aliases = deps.store
    .aliases(region)
    .filter((alias) => keyId === undefined || alias.keyId === keyId)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { page, more } = paged(aliases, ({ name }) => name, input);
  const arnOf = (name: string) => `arn:aws:kms:${region}:${deps.accountId}:${name}`;
  return {
    Aliases: page.map((alias) => ({ AliasName: alias.name, AliasArn: arnOf(alias.name), TargetKeyId: alias.keyId })),
    ...more,
  };
};

/** Checks an action that concerns no key in particular. */
export const authorizeList = (
  { authorize, accountId }: KeyOperationDeps,
  requester: KeyRequester,
  action: string,
): void => {
  const { caller, context, region } = requester;
  try {
    authorize({ caller, action, resource: '*', resourceAccountId: accountId, context, region });
  } catch (error) {
    throw throughKms(error);
  }
};

const paged = <T>(items: readonly T[], nameOf: (item: T) => string, { Limit = 100, Marker }: z.output<typeof List>) => {
  const rest = Marker === undefined ? items : items.filter((item) => nameOf(item) > Marker);
  const page = rest.slice(0, Limit);
  const last = page.at(-1);
  const truncated = rest.length > page.length && last !== undefined;
  return { page, more: { Truncated: truncated, ...(truncated && { NextMarker: nameOf(last) }) } };
};
