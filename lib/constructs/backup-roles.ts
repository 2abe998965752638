import { ManagedPolicy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

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

/** The roles in which AWS Backup works: one reads and writes recovery points, the other restores from them. */
export class BackupRoles extends Construct {
  readonly backup: Role;
  readonly restore: Role;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const boundary = new ManagedPolicy(this, 'Boundary', {
      description: 'The most that AWS Backup may do',
      statements: [new PolicyStatement({ sid: 'Reachable', actions: reachable, resources: ['*'] })],
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
