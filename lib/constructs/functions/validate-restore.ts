import { Aws, Duration } from 'aws-cdk-lib';
import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { KeepFunction } from '../keep-function.ts';
import { viaServices } from '../key-policy.ts';
import { commonProps, type FunctionContext } from './function-context.ts';

/** What AWS Backup calls the resources of its restore tests. */
const testedNames = 'awsbackup-restore-test*';

/** Judges what the weekly restore test brought back: a table with rows of a catalog, a bucket with objects that can be read. */
export class ValidateRestoreFunction extends Construct {
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, context: FunctionContext) {
    super(scope, id);
    const { deployment, keys } = context;
    this.function = new KeepFunction(this, 'Default', {
      ...commonProps(context),
      name: 'validate-restore',
      description: 'Judges what a restore test brought back',
      environment: { DEPLOYMENT: deployment.name },
      timeout: Duration.minutes(5),
      memoryMiB: 512,
    });
    this.allowTested();
    this.function.allow(['kms:Decrypt'], [keys.data.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('s3') },
      ArnLike: { 'kms:EncryptionContext:aws:s3:arn': `arn:aws:s3:::${testedNames}` },
    });
    this.function.allow(['kms:Decrypt'], [keys.data.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('dynamodb') },
      StringLike: { 'kms:EncryptionContext:aws:dynamodb:tableName': testedNames },
    });
    const target: IRuleTarget = { bind: () => ({ arn: this.function.resource.functionArn }) };
    const restored = new Rule(this, 'Restored', {
      description: 'A restore test has brought something back',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: { status: ['COMPLETED'], restoreTestingPlanArn: [{ exists: true }] },
      },
      targets: [target],
    });
    acknowledge(restored, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'AWS Backup announces a restore test that nobody judged in time, and people are told of that',
    });
    this.function.resource.addPermission('RestoredInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: restored.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }

  /** Their names are known once AWS Backup made them; the prefix is reserved for it. */
  private allowTested(): void {
    const table = `arn:aws:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${testedNames}`;
    const bucket = `arn:aws:s3:::${testedNames}`;
    this.function.allow(['dynamodb:DescribeTable', 'dynamodb:Scan'], [table]);
    this.function.allow(['s3:ListBucket'], [bucket]);
    this.function.allow(['s3:GetObject'], [`${bucket}/*`]);
    // A restore job is no resource that a policy could name.
    this.function.allow(['backup:PutRestoreValidationResult'], ['*']);
    acknowledge(this, {
      ids: [
        `AwsSolutions-IAM5[Resource::arn:aws:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${testedNames}]`,
        `AwsSolutions-IAM5[Resource::${bucket}]`,
        'AwsSolutions-IAM5[Resource::*]',
      ],
      reason:
        'AWS Backup names the resources of a restore test when it makes them, all with this prefix; its jobs are no resources to IAM',
    });
  }
}
