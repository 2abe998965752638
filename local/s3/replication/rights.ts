import type { Caller } from '../../aws/caller.ts';
import { callerContext } from '../../aws/caller-context.ts';
import type { S3Core } from '../core.ts';
import { existingTagConditions } from '../objects/tags.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { type FailureReason, orFail, orFailByKey } from './failure.ts';
import type { ReplicationRule } from './rule.ts';
import type { ReplicationKind } from './task-store.ts';

/** Two buckets, and what of one goes into the other. */
export interface Passage {
  readonly source: Bucket;
  readonly destination: Bucket;
  readonly rule: ReplicationRule;
  readonly version: ObjectVersion;
  readonly kind: ReplicationKind;
}

/** Requires of the role everything that a copy takes; throws a ReplicationFailure that says what is missing. */
export const requireRights = (core: S3Core, caller: Caller, passage: Passage): void => {
  const { source, destination, version, kind } = passage;
  const { key, detail } = version;
  const require = (bucket: Bucket, action: string, reason: FailureReason, onObject = true): void =>
    orFail(reason, () => authorizeFor(core, caller, { bucket, action, ...(onObject && { version }) }));
  require(source, 's3:GetReplicationConfiguration', 'SrcBucketReplicationConfigMissing', false);
  require(source, 's3:ListBucket', 'SrcGetObjectNotPermitted', false);
  require(source, 's3:GetObjectVersionForReplication', 'SrcGetObjectNotPermitted');
  if (kind === 'marker') {
    require(destination, 's3:ReplicateDelete', 'DstDelObjNotPermitted');
    return;
  }
  require(source, 's3:GetObjectVersionAcl', 'SrcGetAclNotPermitted');
  require(source, 's3:GetObjectVersionTagging', 'SrcGetTaggingNotPermitted');
  if (source.configuration.objectLock !== undefined) {
    require(source, 's3:GetObjectRetention', 'SrcGetObjectNotPermitted');
    require(source, 's3:GetObjectLegalHold', 'SrcGetObjectNotPermitted');
  }
  require(destination, 's3:ReplicateObject', 'DstPutObjectNotPermitted');
  if (Object.keys(detail.tags).length > 0 || kind === 'attributes') {
    require(destination, 's3:ReplicateTags', 'DstPutTaggingNotPermitted');
  }
  if (kind === 'object') requireKeys(core, caller, passage, key);
};

const requireKeys = (core: S3Core, caller: Caller, { source, destination, rule, version }: Passage, key: string) => {
  const { encryption } = version.detail;
  if (encryption.keyId !== undefined) {
    const keyId = encryption.keyId;
    orFailByKey('Src', () =>
      core.useKey({
        caller,
        keyId,
        action: 'kms:Decrypt',
        viaService: `s3.${source.region}.amazonaws.com`,
        encryptionContext: { 'aws:s3:arn': encryption.bucketKey ? source.arn : `${source.arn}/${key}` },
        region: source.region,
      }),
    );
  }
  const replicaKey = keyOfCopy(destination, rule, version);
  if (replicaKey === undefined) return;
  const { bucketKey } = destination.configuration.encryption;
  for (const action of ['kms:Encrypt', ...(bucketKey ? (['kms:GenerateDataKey'] as const) : [])] as const) {
    orFailByKey('Dst', () =>
      core.useKey({
        caller,
        keyId: replicaKey,
        action,
        viaService: `s3.${destination.region}.amazonaws.com`,
        encryptionContext: { 'aws:s3:arn': bucketKey ? destination.arn : `${destination.arn}/${key}` },
        region: destination.region,
      }),
    );
  }
};

/** The key of a copy: what the rule names for objects under KMS, else what the destination gives to new objects. */
export const keyOfCopy = (destination: Bucket, rule: ReplicationRule, version: ObjectVersion): string | undefined => {
  if (version.detail.encryption.algorithm !== 'AES256') return rule.destination.replicaKeyId;
  const { algorithm, keyId } = destination.configuration.encryption;
  return algorithm === 'AES256' ? undefined : keyId;
};

/** An action on a bucket or an object of it. */
export interface Wanted {
  readonly bucket: Bucket;
  readonly action: string;
  readonly version?: Pick<ObjectVersion, 'key' | 'detail'>;
  /** @default the version's; without one the action is on the bucket */
  readonly key?: string;
  readonly context?: Readonly<Record<string, string>>;
}

/** Requires it of somebody who makes no request. */
export const authorizeFor = (
  core: S3Core,
  caller: Caller,
  { bucket, action, version, key = version?.key, context = {} }: Wanted,
): void => {
  const { policy } = bucket.configuration;
  core.authorize({
    caller,
    action,
    resource: key === undefined ? bucket.arn : `${bucket.arn}/${key}`,
    resourceAccountId: core.accountId,
    ...(policy !== undefined && { resourcePolicy: policy }),
    context: {
      ...callerContext(caller, core.clock.now()),
      ...(version !== undefined && existingTagConditions(version.detail.tags)),
      ...context,
    },
    region: bucket.region,
  });
};
