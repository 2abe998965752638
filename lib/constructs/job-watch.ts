import { Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { AlarmTopic } from './alarm-topic.ts';

export interface JobWatchProps {
  readonly topic: AlarmTopic;
  readonly jobDeadLetters: IQueue;
}

/** Tells of jobs that failed for good, took too long, or could not be begun: what was asked of each lies in one queue. */
export class JobWatch extends Construct {
  constructor(scope: Construct, id: string, { topic, jobDeadLetters }: JobWatchProps) {
    super(scope, id);
    new Alarm(this, 'DeadLetters', {
      metric: jobDeadLetters.metricApproximateNumberOfMessagesVisible({
        statistic: 'Maximum',
        period: Duration.minutes(1),
      }),
      threshold: 0,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription:
        'A job failed, took too long, or could not be begun. The message in the queue names it; its row (GET /jobs/{jobId}) and the log of its function say why. Start it again, then delete the message.',
    }).addAlarmAction(new SnsAction(topic.topic));
  }
}
