import { Aws, Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { metricNames } from '../../core/metric-names.ts';
import { acknowledge } from './acknowledge.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { ProofAgeFunction } from './functions/proof-age.ts';
import { ownMetric, ring } from './ring.ts';

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
    const metric = (name: string, period: Duration) =>
      ownMetric(deployment, { name, service: 'recover', statistic: 'Minimum', period });
    ring(this, 'DrillFailed', {
      topic,
      severity: 'page',
      metric: metric(metricNames.drillSucceeded, Duration.minutes(5)),
      threshold: 1,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      description: 'The recovery drill did not bring everything back.',
    });
    ring(this, 'ProofTooOld', {
      topic,
      severity: 'ticket',
      metric: metric(metricNames.lastGoodProofAge, Duration.days(1)),
      threshold: oldestProofHours,
      missing: TreatMissingData.BREACHING,
      description: 'No drill has proven for 38 days that the backups can be recovered, or nobody has told for a day.',
    });
    this.tellDaily(proofAge);
  }

  private tellDaily({ function: { resource } }: ProofAgeFunction): void {
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn }) };
    const daily = new Rule(this, 'Daily', {
      description: 'The age of the last good proof',
      schedule: Schedule.cron({ minute: '20', hour: '2' }),
      targets: [target],
    });
    acknowledge(daily, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'A day without the metric makes the alarm ring',
    });
    resource.addPermission('DailyInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: daily.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
