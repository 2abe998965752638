import type { Authorize, Caller, PolicyDocument, RequestContext } from '../aws/caller.ts';
import type { Key, KeyStore } from './key-store.ts';
import { keyDisabled, keyNotFound, keyPendingDeletion, kmsError, throughKms } from './kms-error.ts';

/** Who asks KMS for what. */
export interface KeyRequester {
  readonly caller: Caller;
  readonly context: RequestContext;
  readonly region: string;
}

/** What the condition keys of KMS are told about one operation. */
export interface KeyUse {
  /** `kms:Decrypt` */
  readonly action: string;
  readonly encryptionContext?: Readonly<Record<string, string>>;
  readonly viaService?: string;
  /** The alias by which the request named the key. */
  readonly requestAlias?: string;
  /** Further condition values, such as kms:MacAlgorithm. */
  readonly context?: RequestContext;
}

export interface KeyAccess {
  /** Finds a key by id, ARN, alias or alias ARN in the requester's region. */
  resolve(keyId: string, region: string): { key: Key; requestAlias?: string };
  /** Throws unless the key's policy, and where it delegates the identity policies, allow the use. */
  check(requester: KeyRequester, key: Key, use: KeyUse): void;
  /** Finds the key, checks the right, and refuses a key that is not enabled. */
  usable(requester: KeyRequester, keyId: string, use: KeyUse): Key;
}

export const createKeyAccess = (store: KeyStore, authorize: Authorize, accountId: string): KeyAccess => {
  const resolve = (keyId: string, region: string): { key: Key; requestAlias?: string } => {
    const name = nameInRegion(keyId, region, accountId);
    const requestAlias = name.startsWith('alias/') ? name : undefined;
    const id =
      requestAlias === undefined ? name : (store.alias(region, name)?.keyId ?? managedKey(store, region, name)?.keyId);
    const key = id === undefined ? undefined : store.find(region, id);
    if (key === undefined) throw keyNotFound(keyId);
    return { key, ...(requestAlias !== undefined && { requestAlias }) };
  };
  const check = (requester: KeyRequester, key: Key, use: KeyUse): void => {
    try {
      authorize({
        caller: requester.caller,
        action: use.action,
        resource: key.arn,
        resourceAccountId: key.accountId,
        resourcePolicy: key.policy,
        resourcePolicyMustDelegate: true,
        context: { ...requester.context, ...keyContext(store, requester, key, use) },
        region: requester.region,
      });
    } catch (error) {
      throw throughKms(error);
    }
  };
  return {
    resolve,
    check,
    usable(requester, keyId, use) {
      const { key, requestAlias } = resolve(keyId, requester.region);
      check(requester, key, { ...use, ...(requestAlias !== undefined && { requestAlias }) });
      refuseUnusable(key);
      return key;
    },
  };
};

/** Refuses a key that nothing may be done with at present. */
export const refuseUnusable = (key: Key): void => {
  if (key.state === 'Disabled') throw keyDisabled(key.arn);
  if (key.state === 'PendingDeletion') throw keyPendingDeletion(key.arn);
};

const nameInRegion = (keyId: string, region: string, accountId: string): string => {
  if (!keyId.startsWith('arn:')) return keyId;
  const match = /^arn:aws:kms:([^:]+):([^:]+):(?:key\/([^/]+)|(alias\/.+))$/.exec(keyId);
  if (match === null) throw kmsError('InvalidArnException', `Invalid ARN ${keyId}`);
  if (match[1] !== region)
    throw kmsError('NotFoundException', `Invalid ARN ${match[1]}: the request was made in ${region}.`);
  if (match[2] !== accountId) throw keyNotFound(keyId);
  return match[3] ?? match[4] ?? keyId;
};

const keyContext = (store: KeyStore, { caller, region }: KeyRequester, key: Key, use: KeyUse): RequestContext => {
  const encryptionContext = use.encryptionContext ?? {};
  const aliases = store.aliases(region).filter(({ keyId }) => keyId === key.keyId);
  return {
    'kms:CallerAccount': caller.accountId,
    'kms:ViaService': use.viaService,
    'kms:RequestAlias': use.requestAlias,
    'kms:ResourceAliases': aliases.length === 0 ? undefined : aliases.map(({ name }) => name),
    'kms:KeySpec': key.spec,
    'kms:KeyUsage': key.usage,
    'kms:KeyOrigin': 'AWS_KMS',
    'kms:MultiRegion': String(key.multiRegion),
    'kms:EncryptionContextKeys':
      Object.keys(encryptionContext).length === 0 ? undefined : Object.keys(encryptionContext),
    ...Object.fromEntries(
      Object.entries(encryptionContext).map(([name, value]) => [`kms:EncryptionContext:${name}`, value]),
    ),
    ...use.context,
  };
};

/** The key that AWS keeps for a service in each account and region, made on first use: `alias/aws/sqs` and the like. */
const managedKey = (store: KeyStore, region: string, alias: string): Key | undefined => {
  const service = /^alias\/aws\/([a-z0-9]+)$/.exec(alias)?.[1];
  if (service === undefined) return undefined;
  const key = store.create({
    region,
    spec: 'SYMMETRIC_DEFAULT',
    usage: 'ENCRYPT_DECRYPT',
    manager: 'AWS',
    description: `Default key that protects ${service} when no other key is defined`,
    multiRegion: false,
    rotation: true,
    policy: managedKeyPolicy(service, region),
    tags: {},
  });
  store.setAlias({ name: alias, region, keyId: key.keyId });
  return key;
};

/** Everyone of the account may use it, through its service only; services of AWS may not. */
const managedKeyPolicy = (service: string, region: string): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: [
      'kms:Encrypt',
      'kms:Decrypt',
      'kms:ReEncrypt*',
      'kms:GenerateDataKey*',
      'kms:CreateGrant',
      'kms:DescribeKey',
    ],
    Resource: '*',
    Condition: {
      StringEquals: { 'kms:ViaService': `${service}.${region}.amazonaws.com` },
      Bool: { 'aws:PrincipalIsAWSService': 'false' },
    },
  },
});
