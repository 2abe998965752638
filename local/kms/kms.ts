import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { callerContext } from '../aws/caller-context.ts';
import { type JsonOperation, jsonService, parseInput } from '../aws/json-protocol.ts';
import type { AwsService } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import * as encryption from './encryption-operations.ts';
import { createKeyAccess, type KeyAccess, type KeyRequester } from './key-access.ts';
import * as keys from './key-operations.ts';
import { createKeyStore, type KeyStore } from './key-store.ts';
import { validationError, wrongUsage } from './kms-error.ts';
import * as signing from './signing-operations.ts';
import type { UseKeyRequest } from './use-key.ts';

/** KMS in the platform: the wire protocol, and `useKey` for the services that encrypt with a customer's key. */
export interface Kms extends AwsService {
  readonly store: KeyStore;
  readonly access: KeyAccess;
  /** Throws what KMS would answer where the caller may not use the key through the service, or the key cannot be used. */
  useKey(request: UseKeyRequest): void;
}

/** Makes the key service; keys and their material lie in the tables `kms_…`. */
export const createKms = (deps: ServiceDeps): Kms => {
  const store = createKeyStore(deps);
  const access = createKeyAccess(store, deps.authorize, deps.accountId);
  const service = jsonService({
    signingName: 'kms',
    version: '1.1',
    targetPrefix: 'TrentService',
    operations: kmsOperations({
      store,
      access,
      clock: deps.clock,
      authorize: deps.authorize,
      accountId: deps.accountId,
    }),
    maxBodyBytes: 65_536,
    onUnexpected: (error, operation) => deps.log(`kms ${operation} failed: ${String(error)}`),
  });
  return {
    ...service,
    store,
    access,
    useKey({ caller, keyId, action, viaService, encryptionContext, region, context }) {
      const requester = { caller, region, context: context ?? callerContext(caller, deps.clock.now()) };
      const key = access.usable(requester, keyId, { action, viaService, encryptionContext });
      if (key.usage !== 'ENCRYPT_DECRYPT') throw wrongUsage(key.arn, key.usage, action.replace('kms:', ''));
    },
  };
};

const operation =
  <Input>(schema: z.ZodType<Input>, run: (requester: KeyRequester, input: Input) => unknown): JsonOperation =>
  (body, { caller, baseContext, region }) => {
    const input = parseInput(schema, body, (path, why) =>
      validationError(`Value at '${path || 'request'}' is not valid: ${why}.`),
    );
    return run({ caller, context: baseContext, region }, input);
  };

const GenerateRandom = z.strictObject({ NumberOfBytes: z.number().int().min(1).max(1024) });

const kmsOperations = (deps: keys.KeyOperationDeps): ReadonlyMap<string, JsonOperation> => {
  const { access } = deps;
  const dataKey = (withPlaintext: boolean) =>
    operation(encryption.GenerateDataKey, (by, input) =>
      encryption.generateDataKey(access, by, { input, withPlaintext }),
    );
  return new Map<string, JsonOperation>([
    ['Encrypt', operation(encryption.Encrypt, (by, input) => encryption.encrypt(access, by, input))],
    ['Decrypt', operation(encryption.Decrypt, (by, input) => encryption.decrypt(access, by, input))],
    ['ReEncrypt', operation(encryption.ReEncrypt, (by, input) => encryption.reEncrypt(access, by, input))],
    ['GenerateDataKey', dataKey(true)],
    ['GenerateDataKeyWithoutPlaintext', dataKey(false)],
    ['GenerateMac', operation(signing.GenerateMac, (by, input) => signing.generateMac(access, by, input))],
    ['VerifyMac', operation(signing.VerifyMac, (by, input) => signing.verifyMac(access, by, input))],
    ['Sign', operation(signing.Sign, (by, input) => signing.signMessage(access, by, input))],
    ['Verify', operation(signing.Verify, (by, input) => signing.verifySignature(access, by, input))],
    ['GetPublicKey', operation(signing.GetPublicKey, (by, input) => signing.getPublicKey(access, by, input))],
    ...keyManagement(deps),
  ]);
};

const keyManagement = (deps: keys.KeyOperationDeps): [string, JsonOperation][] => [
  ['DescribeKey', operation(keys.OfKey, (by, input) => keys.describeKey(deps, by, input.KeyId))],
  ['EnableKey', operation(keys.OfKey, (by, input) => keys.setEnabled(deps, by, input.KeyId, true))],
  ['DisableKey', operation(keys.OfKey, (by, input) => keys.setEnabled(deps, by, input.KeyId, false))],
  ['ScheduleKeyDeletion', operation(keys.ScheduleKeyDeletion, (by, input) => keys.scheduleDeletion(deps, by, input))],
  ['CancelKeyDeletion', operation(keys.OfKey, (by, input) => keys.cancelDeletion(deps, by, input.KeyId))],
  ['GetKeyPolicy', operation(keys.GetKeyPolicy, (by, input) => keys.getKeyPolicy(deps, by, input.KeyId))],
  ['GetKeyRotationStatus', operation(keys.OfKey, (by, input) => keys.getRotationStatus(deps, by, input.KeyId))],
  ['ListKeys', operation(keys.List, (by, input) => keys.listKeys(deps, by, input))],
  ['ListAliases', operation(keys.ListAliases, (by, input) => keys.listAliases(deps, by, input))],
  [
    'GenerateRandom',
    operation(GenerateRandom, (by, input) => {
      keys.authorizeList(deps, by, 'kms:GenerateRandom');
      return { Plaintext: randomBytes(input.NumberOfBytes).toString('base64') };
    }),
  ],
];
