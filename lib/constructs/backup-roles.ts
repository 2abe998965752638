import { Effect, ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { ProtectedBucket } from './protected-bucket.ts';
import type { SubjectKeysTable } from './subject-keys-table.ts';

/** What AWS Backup may touch at all. */
const reachable = [
  'backup:*',
  'cloudwatch:GetMetricData',
  'dynamodb:*',
  'events:*',
  'kms:*',
  's3:*',
  'tag:GetResources',
];

/** AWS's own lists of what its backups of tables and buckets need; the ones for buckets come on top of the general ones. */
const managed = {
  backup: ['service-role/AWSBackupServiceRolePolicyForBackup', 'AWSBackupServiceRolePolicyForS3Backup'],
  restore: ['service-role/AWSBackupServiceRolePolicyForRestores', 'AWSBackupServiceRolePolicyForS3Restore'],
} as const;

/** What no backup and no restore is made with: AWS's lists are broad already, and may grow. */
const forbidden = [
  'dynamodb:DeleteTable',
  'dynamodb:UpdateContinuousBackups',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  's3:BypassGovernanceRetention',
  's3:DeleteBucket*',
  's3:DeleteObjectVersion',
  's3:PutBucketPolicy',
  's3:PutLifecycleConfiguration',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutReplicationConfiguration',
];

export interface BackupRolesProps {
  /** Nothing is restored over it: what is in it is evidence. */
  readonly audit: ProtectedBucket;
  /** What is restored into it lies beside what is there. */
  readonly vault: ProtectedBucket;
  /** No backup takes it, and a restore into it would bring erased people back. */
  readonly subjectKeys: SubjectKeysTable;
}

/** The roles in which AWS Backup works: one reads and writes recovery points, the other restores from them. */
export class BackupRoles extends Construct {
  readonly backup: Role;
  readonly restore: Role;

  constructor(scope: Construct, id: string, props: BackupRolesProps) {
    super(scope, id);
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: 'The most that AWS Backup may do',
      statements: [new PolicyStatement({ sid: 'Reachable', actions: reachable, resources: ['*'] }), ...refusals(props)],
    });
    const role = (name: string, policies: readonly string[]) =>
      new Role(this, name, {
        assumedBy: new ServicePrincipal('backup.amazonaws.com'),
        permissionsBoundary: boundary,
        managedPolicies: policies.map((policy) => ManagedPolicy.fromAwsManagedPolicyName(policy)),
      });
    this.backup = role('Backup', managed.backup);
    this.restore = role('Restore', managed.restore);
    acknowledge(
      this,
      {
        ids: [...managed.backup, ...managed.restore].map(
          (policy) => `AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
        ),
        reason:
          'AWS Backup documents these policies as what it needs and extends them itself as it learns new features',
      },
      {
        ids: [
          'AwsSolutions-IAM5[Resource::*]',
          ...reachable.filter((action) => action.endsWith('*')).map((action) => `AwsSolutions-IAM5[Action::${action}]`),
          'NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess',
          'HIPAA.Security-IAMPolicyNoStatementsWithFullAccess',
        ],
        reason: 'A boundary grants nothing: it is the frame around the policies of AWS',
      },
    );
  }
}

const refusals = ({ audit, vault, subjectKeys }: BackupRolesProps): PolicyStatement[] => {
  const deny = (sid: string, actions: string[], resources: string[]) =>
    new PolicyStatement({ sid, effect: Effect.DENY, actions, resources });
  const { tableArn, encryptionKey } = subjectKeys.table;
  return [
    deny('Forbidden', forbidden, ['*']),
    deny('Evidence', ['s3:DeleteObject', 's3:PutObject*'], [`${audit.bucketArn}/*`]),
    deny('Versions', ['s3:PutBucketVersioning'], [audit.bucketArn, vault.bucketArn]),
    deny('SubjectKeys', ['dynamodb:*'], [tableArn, `${tableArn}/*`]),
    deny('SubjectKeysKey', ['kms:*'], encryptionKey === undefined ? [] : [encryptionKey.keyArn]),
  ];
};
