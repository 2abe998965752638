import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, QueuePolicy } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { removalPolicy } from './retention.ts';

export interface DeadLetterQueueProps {
  readonly deployment: Deployment;
  readonly key: IKey;
}

/** Where calls end that nobody could take; who sends has a role of its own that names the queue. */
export class DeadLetterQueue extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { deployment, key }: DeadLetterQueueProps) {
    super(scope, id);
    this.queue = new Queue(this, 'Default', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      dataKeyReuse: Duration.hours(1),
      maxMessageSizeBytes: 1_048_576,
      retentionPeriod: Duration.days(14),
      receiveMessageWaitTime: Duration.seconds(20),
      removalPolicy: removalPolicy(deployment.retainData),
    });
    acknowledge(this.queue, {
      ids: ['Serverless-SQSRedrivePolicy', 'AwsSolutions-SQS3'],
      reason: 'It is itself the queue of dead letters: an alarm tells people, who send them back',
    });
    new QueuePolicy(this, 'Policy', { queues: [this.queue] }).document.addStatements(
      PolicyStatement.fromJson({
        Sid: 'DenyPlainHttp',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: this.queue.queueArn,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
    );
  }
}
