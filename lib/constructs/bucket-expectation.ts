import type { IResolvable } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { ExpectedBucket } from '../../core/drift/bucket-drift.ts';
import { lineDigest, linesDigest } from '../../core/drift/digest.ts';
import { statementName, statementShape } from '../../core/drift/policy-shape.ts';
import { lifecycleLine, replicationLine } from '../../core/drift/rule-lines.ts';

/** What a bucket is deployed with. */
export interface DeployedSettings {
  readonly statements: readonly PolicyStatement[];
  readonly rules: readonly CfnBucket.RuleProperty[];
  readonly replication?: CfnBucket.ReplicationConfigurationProperty | undefined;
  readonly objectLock?: CfnBucket.ObjectLockConfigurationProperty | undefined;
  readonly isKms: boolean;
}

/** What the guard will expect of the bucket; nothing in it waits for a deployment. */
export const expectationOf = ({
  statements,
  rules,
  replication,
  objectLock,
  isKms,
}: DeployedSettings): ExpectedBucket => ({
  policy: Object.fromEntries(
    statements.map((statement, index) => {
      const json = statement.toStatementJson();
      return [statementName(json, index), lineDigest(statementShape(json))];
    }),
  ),
  lifecycle: linesDigest(rules.map(lifecycleOf)),
  ...(replication && { replication: linesDigest(asList(replication.rules).map(replicationOf)) }),
  ...(objectLock && { lock: lockOf(objectLock) }),
  encryption: isKms ? 'aws:kms' : 'AES256',
});

const lifecycleOf = (rule: CfnBucket.RuleProperty): string =>
  lifecycleLine({
    id: rule.id ?? '',
    enabled: rule.status === 'Enabled',
    prefix: rule.prefix,
    tags: asList(rule.tagFilters).map(({ key, value }) => ({ key, value })),
    largerThan: numberOf(rule.objectSizeGreaterThan),
    smallerThan: numberOf(rule.objectSizeLessThan),
    expireAfterDays: rule.expirationInDays,
    removesMarkers: rule.expiredObjectDeleteMarker === true,
    noncurrentDays: fieldOf(rule.noncurrentVersionExpiration, 'noncurrentDays'),
    abortAfterDays: fieldOf(rule.abortIncompleteMultipartUpload, 'daysAfterInitiation'),
    transitions: asList(rule.transitions).map(({ storageClass, transitionInDays }) => ({
      storageClass,
      days: transitionInDays ?? 0,
    })),
  });

const replicationOf = (rule: CfnBucket.ReplicationRuleProperty): string =>
  replicationLine({
    id: rule.id ?? '',
    enabled: rule.status === 'Enabled',
    prefix: textOf(rule.filter, 'prefix'),
    deleteMarkers: textOf(rule.deleteMarkerReplication, 'status') === 'Enabled',
    withTimeControl: textOf(fieldIn(rule.destination, 'replicationTime'), 'status') === 'Enabled',
  });

const lockOf = ({ rule }: CfnBucket.ObjectLockConfigurationProperty): string => {
  const retention = fieldIn(rule, 'defaultRetention');
  return retention === undefined ? 'on' : `${textOf(retention, 'mode')} ${fieldOf(retention, 'days') ?? ''}`;
};

/** Props of the lowest level may be references; ours are plain values. */
const asList = <Item>(
  value: IResolvable | readonly (IResolvable | Item)[] | undefined,
): readonly Exclude<Item, IResolvable>[] => (Array.isArray(value) ? value : []);

const fieldIn = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && name in value ? Object(value)[name] : undefined;

const fieldOf = (value: unknown, name: string): number | undefined => numberOf(fieldIn(value, name));

const textOf = (value: unknown, name: string): string => {
  const field = fieldIn(value, name);
  return typeof field === 'string' ? field : '';
};

const numberOf = (value: unknown): number | undefined =>
  value === undefined || value === null ? undefined : Number(value);
