import { Aws } from 'aws-cdk-lib';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { reservedPrefixes } from '../../core/key-layout.ts';
import { bucketArn } from './bucket-name.ts';
import { type ReplicatedPart, replicaKeyAlias } from './replica-names.ts';

/** What one replication rule copies; its id is the dimension `RuleId` of S3's replication metrics. */
export interface ReplicationScope {
  readonly id: string;
  /** Empty for the whole bucket. */
  readonly prefix: string;
}

interface VaultProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

/** The classes that are copied, and Mediakeep's own prefixes: from objects, facts and journal everything is rebuilt. */
export const vaultScopes = (dataClasses: readonly DataClass[]): ReplicationScope[] => [
  ...dataClasses.filter(({ replicate }) => replicate).map(({ name, prefix }) => ({ id: name, prefix })),
  ...reservedPrefixes.map((prefix) => ({ id: prefix.slice(0, -1), prefix })),
];

/** The audit is copied whole. */
export const auditScopes: readonly ReplicationScope[] = [{ id: 'audit', prefix: '' }];

/** How the vault is copied to the second region. */
export const replicateVault = ({ deployment, dataClasses }: VaultProps, roleArn: string) =>
  replicationOf(deployment, { part: 'vault', scopes: vaultScopes(dataClasses), roleArn });

/** How the audit is copied to the second region. */
export const replicateAudit = (deployment: Deployment, roleArn: string) =>
  replicationOf(deployment, { part: 'audit', scopes: auditScopes, roleArn });

interface Replicated {
  readonly part: ReplicatedPart;
  readonly scopes: readonly ReplicationScope[];
  readonly roleArn: string;
}

const replicationOf = (
  deployment: Deployment,
  { part, scopes, roleArn }: Replicated,
): CfnBucket.ReplicationConfigurationProperty => ({
  role: roleArn,
  rules: scopes.map((scope, index) => ({
    ...ruleOf(deployment, part, scope),
    // The prefixes exclude each other, so that the order decides nothing; S3 wants one all the same.
    priority: index + 1,
  })),
});

/** Within these minutes 99.9 % of the copies are there, by S3's agreement; later ones are announced. */
const promisedMinutes = 15;

const ruleOf = (
  deployment: Deployment,
  part: ReplicatedPart,
  { id, prefix }: ReplicationScope,
): CfnBucket.ReplicationRuleProperty => ({
  id,
  status: 'Enabled',
  filter: { prefix },
  // What people delete disappears in both regions. Markers of lifecycle rules and deletions of versions never travel.
  deleteMarkerReplication: { status: 'Enabled' },
  sourceSelectionCriteria: {
    sseKmsEncryptedObjects: { status: 'Enabled' },
    // The copy is written by replication alone; nothing flows back.
    replicaModifications: { status: 'Disabled' },
  },
  destination: {
    bucket: bucketArn(deployment, part, undefined, deployment.secondRegion),
    encryptionConfiguration: {
      replicaKmsKeyId: `arn:aws:kms:${deployment.secondRegion}:${Aws.ACCOUNT_ID}:${replicaKeyAlias(deployment, part)}`,
    },
    replicationTime: { status: 'Enabled', time: { minutes: promisedMinutes } },
    metrics: { status: 'Enabled', eventThreshold: { minutes: promisedMinutes } },
  },
});
