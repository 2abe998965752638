import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../../config/deployment.ts';
import { describeForTables, generateMac, grantsForTables, keyPolicy, useByService, useThrough } from '../key-policy.ts';
import { removalPolicy } from '../retention.ts';

/** The keys of what a failover builds in the second region. Those of the copies are not among them: they were there before. */
export class StandbyKeys extends Construct {
  /** The catalog made anew, and what is opened for a day. */
  readonly data: Key;
  /** Queues, topics and log groups. */
  readonly messages: Key;
  /** HMAC: signs cursors. */
  readonly tokens: Key;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    const common = { pendingWindow: Duration.days(30), removalPolicy: removalPolicy(false) };
    this.data = new Key(this, 'Data', {
      ...common,
      description: `${deployment.name}: catalog of a failover`,
      policy: keyPolicy(useThrough('s3', 'dynamodb'), grantsForTables(), describeForTables()),
      enableKeyRotation: true,
    });
    this.messages = new Key(this, 'Messages', {
      ...common,
      // The log of who read what outlives the stack.
      removalPolicy: removalPolicy(deployment.retainData),
      description: `${deployment.name}: queues, topics and logs of a failover`,
      policy: keyPolicy(
        useThrough('sqs', 'sns'),
        useByService('AlarmsPublish', 'cloudwatch.amazonaws.com'),
        logGroups(deployment),
      ),
      enableKeyRotation: true,
    });
    this.tokens = new Key(this, 'Tokens', {
      ...common,
      description: `${deployment.name}: cursors of a failover`,
      policy: keyPolicy(generateMac()),
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    });
  }
}

const logGroups = ({ name }: Deployment): PolicyStatement =>
  new PolicyStatement({
    sid: 'LogGroups',
    principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
    actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${name}-*`,
      },
    },
  });
