import { Aws } from 'aws-cdk-lib';
import { type PolicyDocument, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { bucketArn } from './bucket-name.ts';
import { encryptionKeys, keyProps } from './encryption-key.ts';
import { describeForTables, generateMac, grantsForTables, keyPolicy, useByService, useThrough } from './key-policy.ts';

export interface KeysProps {
  readonly deployment: Deployment;
}

/** The keys of a deployment: one for each circle of people and services that may open what it closes. */
export class Keys extends Construct {
  /** Buckets with content, and the catalog. */
  readonly data: Key;
  /** The store of the data subjects' branch keys. */
  readonly subjects: Key;
  /** The sealed audit segments. */
  readonly audit: Key;
  /** Queues, topics and log groups. */
  readonly messages: Key;
  /** HMAC: signs cursors and upload tokens. */
  readonly tokens: Key;

  constructor(scope: Construct, id: string, { deployment }: KeysProps) {
    super(scope, id);
    const encryption = encryptionKeys(this, deployment);
    this.data = encryption(
      'Data',
      'content and catalog',
      keyPolicy(useThrough('s3', 'dynamodb'), grantsForTables(), describeForTables()),
    );
    this.subjects = encryption(
      'Subjects',
      'store of the data subjects’ keys',
      keyPolicy(useThrough('dynamodb'), grantsForTables(), describeForTables()),
    );
    this.audit = encryption('Audit', 'sealed audit segments', keyPolicy(useThrough('s3')));
    this.messages = encryption('Messages', 'queues, topics and logs', messagesPolicy(deployment));
    this.tokens = new Key(this, 'Tokens', {
      ...keyProps(deployment, 'cursors and upload tokens', keyPolicy(generateMac())),
      keySpec: KeySpec.HMAC_256,
      keyUsage: KeyUsage.GENERATE_VERIFY_MAC,
    });
  }
}

const messagesPolicy = (deployment: Deployment): PolicyDocument =>
  keyPolicy(
    useThrough('sqs', 'sns'),
    useByService('BucketsNotify', 's3.amazonaws.com', {
      ArnEquals: { 'aws:SourceArn': [bucketArn(deployment, 'landing'), bucketArn(deployment, 'vault')] },
    }),
    useByService('AlarmsPublish', 'cloudwatch.amazonaws.com'),
    useByService('EventsPublish', 'events.amazonaws.com'),
    ...(deployment.monthlyBudgetUsd === undefined ? [] : [useByService('BudgetsPublish', 'budgets.amazonaws.com')]),
    new PolicyStatement({
      sid: 'LogGroups',
      principals: [new ServicePrincipal(`logs.${Aws.REGION}.amazonaws.com`)],
      actions: ['kms:Decrypt', 'kms:DescribeKey', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${Aws.REGION}:${Aws.ACCOUNT_ID}:log-group:${deployment.name}-*`,
        },
      },
    }),
  );
