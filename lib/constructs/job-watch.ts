import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';
import { ring } from './ring.ts';

export interface JobWatchProps {
  readonly topic: AlarmTopic;
  readonly jobDeadLetters: IQueue;
}

/** Tells of jobs that failed for good, took too long, or could not be begun: what was asked of each lies in one queue. */
export class JobWatch extends Construct {
  constructor(scope: Construct, id: string, { topic, jobDeadLetters }: JobWatchProps) {
    super(scope, id);
    ring(this, 'DeadLetters', {
      topic,
      severity: 'page',
      metric: jobDeadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      description: 'A job failed, took too long, or could not be begun. The message in the queue names it.',
    });
  }
}
