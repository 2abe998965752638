import type { ObjectVersion } from '../store/object-version.ts';

/** Where a rule copies to, and how. */
export interface ReplicationDestination {
  readonly bucketArn: string;
  /** Of the copies. @default that of the original at the time */
  readonly storageClass?: string;
  /** Key or alias ARN of copies of what is encrypted with KMS. */
  readonly replicaKeyId?: string;
  /** With replication time control: minutes within which a copy is promised. */
  readonly promisedMinutes?: number;
  /** True where S3 publishes metrics of the rule. */
  readonly metrics: boolean;
}

/** One rule of a bucket's replication. */
export interface ReplicationRule {
  readonly id: string;
  readonly enabled: boolean;
  /** The greater one wins where several rules cover a key. */
  readonly priority: number;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly deleteMarkers: boolean;
  /** Without it nothing is copied that is encrypted with KMS. */
  readonly encryptedObjects: boolean;
  readonly destination: ReplicationDestination;
}

/** What a bucket copies, and with whose rights. */
export interface ReplicationConfiguration {
  readonly role: string;
  readonly rules: readonly ReplicationRule[];
}

type Candidate = Pick<ObjectVersion, 'key' | 'marker' | 'detail'>;

/** Classes whose content S3 cannot read without a restore. */
const archived = ['GLACIER', 'DEEP_ARCHIVE'];

/** The rule that copies a version; undefined where none does. */
export const ruleFor = (
  configuration: ReplicationConfiguration | undefined,
  version: Candidate,
): ReplicationRule | undefined =>
  configuration?.rules
    .filter((rule) => rule.enabled && covers(rule, version))
    .sort((a, b) => b.priority - a.priority)
    .at(0);

const covers = (rule: ReplicationRule, { key, marker, detail }: Candidate): boolean => {
  if (!key.startsWith(rule.prefix)) return false;
  const tagged = Object.entries(rule.tags);
  // A delete marker has no tags, so that no rule with tags copies one.
  if (marker) return rule.deleteMarkers && tagged.length === 0;
  if (!tagged.every(([name, value]) => detail.tags[name] === value)) return false;
  if (detail.encryption.algorithm !== 'AES256' && !rule.encryptedObjects) return false;
  return !archived.includes(detail.storageClass);
};
