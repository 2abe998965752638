import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { ProofAgeFunction } from './functions/proof-age.ts';

export interface RecoveryWatchProps {
  readonly deployment: Deployment;
  readonly topic: AlarmTopic;
  readonly proofAge: ProofAgeFunction;
}

/** A drill a month, and some days in which people can repeat one that failed. */
const oldestProofHours = 24 * 38;

/** Rings when a drill failed, when the last good proof is too old, and when nobody tells its age any more. */
export class RecoveryWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, topic, proofAge }: RecoveryWatchProps) {
    super(scope, id);
    const metric = (metricName: string, statistic: string, period: Duration) =>
      new Metric({
        namespace: metricNamespace(deployment.name),
        metricName,
        dimensionsMap: { service: 'recover' },
        statistic,
        period,
      });
    new Alarm(this, 'DrillFailed', {
      metric: metric(metricNames.drillSucceeded, 'Minimum', Duration.minutes(5)),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription:
        'The recovery drill did not bring everything back. Its report in the audit bucket (reports/drill/) says what was wrong. Repeat it with `mediakeep drill`.',
    }).addAlarmAction(new SnsAction(topic.topic));
    new Alarm(this, 'ProofTooOld', {
      metric: metric(metricNames.lastGoodProofAge, 'Minimum', Duration.days(1)),
      threshold: oldestProofHours,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      alarmDescription:
        'No drill has proven for 38 days that the backups can be recovered, or nobody has told for a day. Run `mediakeep drill`.',
    }).addAlarmAction(new SnsAction(topic.topic));
    this.tellDaily(proofAge);
  }

  private tellDaily({ function: { resource } }: ProofAgeFunction): void {
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn }) };
    const daily = new Rule(this, 'Daily', {
      description: 'The age of the last good proof',
      schedule: Schedule.cron({ minute: '20', hour: '2' }),
      targets: [target],
    });
    resource.addPermission('DailyInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: daily.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
