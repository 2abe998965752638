import { type IRuleTarget, Rule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import { describe } from './ring.ts';

/** What AWS Backup announces, and in which states somebody has to hear of it. */
const heard = {
  Backup: ['Backup Job State Change', 'state', ['FAILED', 'EXPIRED', 'ABORTED']],
  Copy: ['Copy Job State Change', 'state', ['FAILED']],
  Restore: ['Restore Job State Change', 'status', ['FAILED', 'ABORTED']],
  Validation: ['Restore Job State Change', 'validationStatus', ['FAILED', 'TIMED_OUT']],
} as const;

/** Tells people of backups, copies, restores and restore tests that failed; AWS Backup has no metric for them all. */
export class BackupWatch extends Construct {
  constructor(scope: Construct, id: string, { topic }: { readonly topic: AlarmTopic }) {
    super(scope, id);
    // The topic's own policy admits EventBridge; the ready-made target would put a second policy in its place.
    const target: IRuleTarget = { bind: () => ({ arn: topic.topic.topicArn }) };
    for (const [name, [detailType, field, states]] of Object.entries(heard)) {
      new Rule(this, name, {
        description: describe(this, name, {
          topic,
          severity: name === 'Restore' ? 'ticket' : 'page',
          description: `${detailType}, ${field}: ${states.join(', ')}.`,
        }),
        eventPattern: { source: ['aws.backup'], detailType: [detailType], detail: { [field]: [...states] } },
        targets: [target],
      });
    }
    acknowledge(this, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'EventBridge repeats for a day; what is missed all the same is found by the restore test and the drill',
    });
  }
}
