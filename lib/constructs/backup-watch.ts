import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

/** What AWS Backup announces, and in which states somebody has to hear of it. */
const heard = {
  Backup: ['Backup Job State Change', 'state', ['FAILED', 'EXPIRED', 'ABORTED']],
  Copy: ['Copy Job State Change', 'state', ['FAILED']],
  Restore: ['Restore Job State Change', 'status', ['FAILED', 'ABORTED']],
} as const;

/** Tells people of backups, copies and restores that failed, restore tests included; AWS Backup has no metric of its own for them all. */
export class BackupWatch extends Construct {
  constructor(scope: Construct, id: string, { topic }: { readonly topic: AlarmTopic }) {
    super(scope, id);
    for (const [name, [detailType, field, states]] of Object.entries(heard)) {
      new Rule(this, name, {
        description: `${detailType}: ${states.join(', ')}`,
        eventPattern: { source: ['aws.backup'], detailType: [detailType], detail: { [field]: [...states] } },
        targets: [new SnsTopic(topic.topic)],
      });
    }
    new Rule(this, 'Validation', {
      description: 'A restore test brought back what it should not have',
      eventPattern: {
        source: ['aws.backup'],
        detailType: ['Restore Job State Change'],
        detail: { validationStatus: ['FAILED', 'TIMED_OUT'] },
      },
      targets: [new SnsTopic(topic.topic)],
    });
  }
}
