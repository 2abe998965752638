import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, QueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct, type IDependable } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { removalPolicy } from './retention.ts';

export interface NotifiedQueueProps {
  readonly deployment: Deployment;
  readonly key: IKey;
  /** The one bucket that may send. */
  readonly bucketArn: string;
  /** At least six times the timeout of the function that consumes. */
  readonly visibilityTimeout: Duration;
}

/** A queue that one bucket notifies, with the queue of what could not be handled. */
export class NotifiedQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  /** The bucket depends on it: S3 refuses a notification to a queue that does not yet let it send. */
  readonly admitsBucket: IDependable;

  constructor(scope: Construct, id: string, props: NotifiedQueueProps) {
    super(scope, id);
    const shared = {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: props.key,
      dataKeyReuse: Duration.hours(1),
      maxMessageSizeBytes: 262_144,
      receiveMessageWaitTime: Duration.seconds(20),
      removalPolicy: removalPolicy(props.deployment.retainData),
    };
    this.deadLetters = new Queue(this, 'DeadLetters', { ...shared, retentionPeriod: Duration.days(14) });
    acknowledge(this.deadLetters, {
      ids: ['Serverless-SQSRedrivePolicy'],
      reason: 'Dead letters are the end of the line: an alarm tells people, who send them back',
    });
    this.queue = new Queue(this, 'Default', {
      ...shared,
      retentionPeriod: Duration.days(4),
      visibilityTimeout: props.visibilityTimeout,
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: 5 },
    });
    this.denyInsecureTransport(this.deadLetters, 'DeadLettersPolicy');
    this.admitsBucket = this.denyInsecureTransport(this.queue, 'Policy', bucketSends(this.queue, props.bucketArn));
  }

  private denyInsecureTransport(queue: Queue, id: string, ...statements: PolicyStatement[]): QueuePolicy {
    const policy = new QueuePolicy(this, id, { queues: [queue] });
    policy.document.addStatements(...denyPlainHttp(queue), ...statements);
    return policy;
  }
}

const denyPlainHttp = (queue: Queue): PolicyStatement[] => [
  PolicyStatement.fromJson({
    Sid: 'DenyPlainHttp',
    Effect: 'Deny',
    Principal: '*',
    Action: 'sqs:*',
    Resource: queue.queueArn,
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  }),
];

const bucketSends = (queue: Queue, bucketArn: string): PolicyStatement =>
  new PolicyStatement({
    sid: 'BucketSends',
    principals: [new ServicePrincipal('s3.amazonaws.com')],
    actions: ['sqs:SendMessage'],
    resources: [queue.queueArn],
    conditions: { ArnEquals: { 'aws:SourceArn': bucketArn }, StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
  });
