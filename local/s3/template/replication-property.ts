import * as z from 'zod';
import { templateNumber } from '../../aws/resource-properties.ts';
import type { ReplicationConfiguration, ReplicationRule } from '../replication/rule.ts';

const Status = z.enum(['Enabled', 'Disabled']);
const Tag = z.strictObject({ Key: z.string(), Value: z.string() });
const Minutes = z.strictObject({ Minutes: templateNumber });

const Rule = z.strictObject({
  Id: z.string().optional(),
  Status,
  Priority: templateNumber.optional(),
  Filter: z
    .strictObject({
      Prefix: z.string().optional(),
      TagFilter: Tag.optional(),
      And: z.strictObject({ Prefix: z.string().optional(), TagFilters: z.array(Tag).optional() }).optional(),
    })
    .optional(),
  Prefix: z.string().optional(),
  DeleteMarkerReplication: z.strictObject({ Status }).optional(),
  SourceSelectionCriteria: z
    .strictObject({
      SseKmsEncryptedObjects: z.strictObject({ Status }).optional(),
      ReplicaModifications: z
        .strictObject({
          Status: z.literal('Disabled', 'the embedded platform replicates one way: changes of copies do not flow back'),
        })
        .optional(),
    })
    .optional(),
  Destination: z.strictObject({
    Bucket: z.string().startsWith('arn:aws:s3:::'),
    StorageClass: z.string().optional(),
    EncryptionConfiguration: z.strictObject({ ReplicaKmsKeyID: z.string() }).optional(),
    ReplicationTime: z.strictObject({ Status, Time: Minutes }).optional(),
    Metrics: z.strictObject({ Status, EventThreshold: Minutes.optional() }).optional(),
  }),
});

/** `ReplicationConfiguration` of `AWS::S3::Bucket`. */
export const replicationProperty = z.strictObject({ Role: z.string(), Rules: z.array(Rule).min(1).max(1000) });

/** A replication of the template as the bucket keeps it. */
export const replicationConfiguration = ({
  Role,
  Rules,
}: z.infer<typeof replicationProperty>): ReplicationConfiguration => ({
  role: Role,
  rules: Rules.map(replicationRule),
});

const replicationRule = (rule: z.infer<typeof Rule>, index: number): ReplicationRule => {
  const { Filter: filter, SourceSelectionCriteria: selection, Destination: to } = rule;
  const tags = [...(filter?.TagFilter ? [filter.TagFilter] : []), ...(filter?.And?.TagFilters ?? [])];
  const promised = to.ReplicationTime?.Status === 'Enabled' ? to.ReplicationTime.Time.Minutes : undefined;
  const replicaKeyId = to.EncryptionConfiguration?.ReplicaKmsKeyID;
  return {
    id: rule.Id ?? `rule-${index + 1}`,
    enabled: rule.Status === 'Enabled',
    priority: rule.Priority ?? 0,
    prefix: filter?.Prefix ?? filter?.And?.Prefix ?? rule.Prefix ?? '',
    tags: Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])),
    deleteMarkers: rule.DeleteMarkerReplication?.Status === 'Enabled',
    encryptedObjects: selection?.SseKmsEncryptedObjects?.Status === 'Enabled',
    destination: {
      bucketArn: to.Bucket,
      ...(to.StorageClass !== undefined && { storageClass: to.StorageClass }),
      ...(replicaKeyId !== undefined && { replicaKeyId }),
      ...(promised !== undefined && { promisedMinutes: promised }),
      metrics: to.Metrics?.Status === 'Enabled',
    },
  };
};
