import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import { describe } from './ring.ts';

export interface ChangeWatchProps {
  readonly deployment: Deployment;
  readonly topic: AlarmTopic;
}

/** A deployment changes these as well, and whoever deploys knows it. */
const byPeople = { sourceIPAddress: [{ 'anything-but': 'cloudformation.amazonaws.com' }] };

/**
 * Tells at once of changes that weaken what is kept, by the events of CloudTrail, which needs a trail in the region. The guard
 * finds the same within minutes without one, but cannot say who it was.
 */
export class ChangeWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, topic }: ChangeWatchProps) {
    super(scope, id);
    // The topic's own policy admits EventBridge; the ready-made target would put a second policy in its place.
    const target: IRuleTarget = { bind: () => ({ arn: topic.topic.topicArn }) };
    const rule = (name: string, description: string, source: string, detail: Record<string, unknown>) =>
      new Rule(this, name, {
        description: describe(this, name, { topic, severity: 'page', description }),
        eventPattern: { source: [source], detailType: ['AWS API Call via CloudTrail'], detail },
        targets: [target],
      });
    acknowledge(this, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'What a topic does not take is lost news of a change that the guard finds within minutes',
    });
    rule('Keys', 'Somebody has disabled a key of this account, or has scheduled its deletion.', 'aws.kms', {
      eventSource: ['kms.amazonaws.com'],
      eventName: ['DisableKey', 'ScheduleKeyDeletion'],
    });
    rule('KeyPolicies', 'Somebody has changed the policy of a key by hand.', 'aws.kms', {
      eventSource: ['kms.amazonaws.com'],
      eventName: ['PutKeyPolicy'],
      ...byPeople,
    });
    rule('Buckets', 'Somebody has changed by hand who may reach a bucket of ours, or what it keeps.', 'aws.s3', {
      eventSource: ['s3.amazonaws.com'],
      eventName: bucketChanges,
      requestParameters: { bucketName: [{ prefix: `${deployment.name}-` }] },
      ...byPeople,
    });
  }
}

const bucketChanges = [
  'DeleteBucketEncryption',
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'DeleteBucketPublicAccessBlock',
  'DeleteBucketReplication',
  'PutBucketEncryption',
  'PutBucketLifecycle',
  'PutBucketPolicy',
  'PutBucketPublicAccessBlock',
  'PutBucketReplication',
  'PutBucketVersioning',
  'PutObjectLockConfiguration',
];
