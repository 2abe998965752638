import {
  GetBucketEncryptionCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketPolicyCommand,
  GetBucketReplicationCommand,
  GetBucketVersioningCommand,
  GetObjectLockConfigurationCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  type ReplicationRule,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { FoundBucket } from '../../core/drift/bucket-drift.ts';
import { lineDigest, linesDigest } from '../../core/drift/digest.ts';
import { type PolicyStatementShape, statementName, statementShape } from '../../core/drift/policy-shape.ts';
import { lifecycleLine, replicationLine } from '../../core/drift/rule-lines.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';

/** What a bucket is like now, in the words of what it is to be like. */
export const readBucket = async (s3: S3Client, Bucket: string): Promise<FoundBucket> => {
  const [access, versioning, encryption, policy, lifecycle, replication, lock] = await Promise.all([
    unlessAbsent(() => s3.send(new GetPublicAccessBlockCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketVersioningCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketEncryptionCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketPolicyCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketReplicationCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetObjectLockConfigurationCommand({ Bucket }))),
  ]);
  const byDefault = encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault;
  const rules = replication?.ReplicationConfiguration?.Rules;
  return {
    policy: policyOf(policy?.Policy),
    publicAccess: Object.fromEntries(
      Object.entries(access?.PublicAccessBlockConfiguration ?? {}).map(([name, isOn]) => [name, isOn === true]),
    ),
    versioning: versioning?.Status,
    encryption: byDefault?.SSEAlgorithm,
    encryptionKey: byDefault?.KMSMasterKeyID,
    ...(lifecycle?.Rules && { lifecycle: linesDigest(lifecycle.Rules.map(lifecycleOf)) }),
    ...(rules && { replication: linesDigest(rules.map(replicationOf)) }),
    lock: lockOf(lock?.ObjectLockConfiguration),
  };
};

/** S3 answers 404 for a setting that a bucket does not have. */
const unlessAbsent = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await ask();
  } catch (error) {
    const failure = awsFailure(error);
    if (failure?.status === 404 && failure.name !== 'NoSuchBucket') return undefined;
    throw namedFailure(error, 'the reading of a bucket');
  }
};

const policyOf = (text: string | undefined): FoundBucket['policy'] => {
  const parsed: unknown = JSON.parse(text ?? '{}');
  const told = typeof parsed === 'object' && parsed !== null && 'Statement' in parsed ? parsed.Statement : [];
  const statements: readonly PolicyStatementShape[] = Array.isArray(told) ? told : [told];
  return Object.fromEntries(
    statements.map((statement, index) => [statementName(statement, index), lineDigest(statementShape(statement))]),
  );
};

const lifecycleOf = (rule: LifecycleRule): string => {
  const filter = rule.Filter?.And ?? rule.Filter;
  const tags = rule.Filter?.And?.Tags ?? (rule.Filter?.Tag === undefined ? [] : [rule.Filter.Tag]);
  return lifecycleLine({
    id: rule.ID ?? '',
    enabled: rule.Status === 'Enabled',
    prefix: filter?.Prefix,
    tags: tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value })),
    largerThan: filter?.ObjectSizeGreaterThan,
    smallerThan: filter?.ObjectSizeLessThan,
    expireAfterDays: rule.Expiration?.Days,
    removesMarkers: rule.Expiration?.ExpiredObjectDeleteMarker,
    noncurrentDays: rule.NoncurrentVersionExpiration?.NoncurrentDays,
    abortAfterDays: rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
    transitions: (rule.Transitions ?? []).map(({ StorageClass = '', Days = 0 }) => ({
      storageClass: StorageClass,
      days: Days,
    })),
  });
};

const replicationOf = ({ ID = '', Status, Filter, DeleteMarkerReplication, Destination }: ReplicationRule): string =>
  replicationLine({
    id: ID,
    enabled: Status === 'Enabled',
    prefix: Filter?.Prefix ?? Filter?.And?.Prefix ?? '',
    deleteMarkers: DeleteMarkerReplication?.Status === 'Enabled',
    withTimeControl: Destination?.ReplicationTime?.Status === 'Enabled',
  });

const lockOf = (
  lock: { ObjectLockEnabled?: string; Rule?: { DefaultRetention?: { Mode?: string; Days?: number } } } | undefined,
) => {
  if (lock?.ObjectLockEnabled !== 'Enabled') return undefined;
  const { Mode, Days } = lock.Rule?.DefaultRetention ?? {};
  return Mode === undefined ? 'on' : `${Mode} ${Days ?? ''}`;
};
