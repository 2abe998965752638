import { Effect, ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** The services that functions may talk to at all. */
const reachable = [
  'backup:*',
  'cloudwatch:GetMetricData',
  'cloudwatch:PutMetricData',
  'cognito-idp:*',
  'dynamodb:*',
  'kms:*',
  'lambda:CheckpointDurableExecution',
  'lambda:GetDurableExecutionState',
  'lambda:InvokeFunction',
  'lambda:SendDurableExecutionCallbackFailure',
  'lambda:SendDurableExecutionCallbackHeartbeat',
  'lambda:SendDurableExecutionCallbackSuccess',
  'lambda:StopDurableExecution',
  'logs:*',
  's3:*',
  'sns:Publish',
  'sqs:*',
  'xray:*',
];

/** What no function may ever do, whatever its own policy says: change who may do what, weaken a lock, destroy a key or a store. */
const forbidden = [
  'backup:Delete*',
  'backup:DisassociateRecoveryPoint',
  'backup:PutBackupVault*',
  'backup:UpdateRecoveryPointLifecycle',
  'cognito-idp:CreateUserPool*',
  'cognito-idp:DeleteUserPool*',
  'cognito-idp:UpdateUserPool*',
  'dynamodb:CreateTable',
  'dynamodb:DeleteBackup',
  'dynamodb:DeleteTable',
  'dynamodb:UpdateContinuousBackups',
  'dynamodb:UpdateTable',
  'kms:CreateGrant',
  'kms:DisableKey',
  'kms:PutKeyPolicy',
  'kms:ScheduleKeyDeletion',
  'logs:DeleteLogGroup',
  'logs:DeleteLogStream',
  'logs:PutRetentionPolicy',
  's3:BypassGovernanceRetention',
  's3:CreateBucket',
  's3:DeleteBucket*',
  's3:PutAccountPublicAccessBlock',
  's3:PutBucket*',
  's3:PutEncryptionConfiguration',
  's3:PutLifecycleConfiguration',
  's3:PutObjectLegalHold',
  's3:PutObjectRetention',
  's3:PutReplicationConfiguration',
  'sqs:CreateQueue',
  'sqs:DeleteQueue',
  'sqs:PurgeQueue',
  'sqs:SetQueueAttributes',
];

export interface PermissionsBoundaryProps {
  /** What the function that this boundary is for may do, of what the others may not. @default nothing */
  readonly admits?: readonly string[];
}

/** The limit of every role of the deployment. */
export class PermissionsBoundary extends Construct {
  readonly policy: ManagedPolicy;

  constructor(scope: Construct, id: string, { admits = [] }: PermissionsBoundaryProps = {}) {
    super(scope, id);
    const denied = forbidden.filter((action) => !admits.includes(action));
    const reached = [...reachable, ...admits.filter((action) => !forbidden.includes(action))];
    this.policy = new ManagedPolicy(this, 'Default', {
      description: 'The most that a function may do',
      statements: [
        new PolicyStatement({ sid: 'Reachable', actions: reached, resources: ['*'] }),
        new PolicyStatement({ sid: 'Forbidden', effect: Effect.DENY, actions: denied, resources: ['*'] }),
      ],
    });
    acknowledge(this, {
      ids: [
        'AwsSolutions-IAM5[Resource::*]',
        ...reachable.filter((action) => action.endsWith('*')).map((action) => `AwsSolutions-IAM5[Action::${action}]`),
        'NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess',
        'HIPAA.Security-IAMPolicyNoStatementsWithFullAccess',
      ],
      reason: 'A boundary grants nothing: it is the frame within which each role lists exact actions and resources',
    });
  }
}
