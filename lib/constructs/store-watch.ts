import { Aws, Duration } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { GuardFunction } from './functions/guard.ts';

export interface StoreWatchProps {
  readonly deployment: Deployment;
  readonly topic: AlarmTopic;
  readonly guard: GuardFunction;
}

/** How often the guard looks: nobody opens a bucket for longer than this without an alarm. */
const guardEvery = Duration.minutes(5);

/** Rings when bytes have changed on their disk and when a bucket is not what was deployed. */
export class StoreWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, topic, guard }: StoreWatchProps) {
    super(scope, id);
    const alarm = (name: string, props: { metric: string; service: string; missing: TreatMissingData; text: string }) =>
      new Alarm(this, name, {
        metric: new Metric({
          namespace: metricNamespace(deployment.name),
          metricName: props.metric,
          dimensionsMap: { service: props.service },
          statistic: 'Maximum',
          period: guardEvery,
        }),
        threshold: 0,
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: props.missing,
        alarmDescription: props.text,
      }).addAlarmAction(new SnsAction(topic.topic));
    alarm('Corrupt', {
      metric: metricNames.versionsCorrupt,
      service: 'reconcile',
      missing: TreatMissingData.NOT_BREACHING,
      text: 'A scrub has found bytes that do not make their checksum. Its report in the audit bucket (reports/scrub/) says of which assets, and which were healed; heal the others as docs/reconcile.md says.',
    });
    alarm('Drift', {
      metric: metricNames.driftFindings,
      service: 'guard',
      // Silence is no good sign here, but the guard's own errors ring for themselves.
      missing: TreatMissingData.IGNORE,
      text: 'A bucket is not what was deployed: the log of the function guard names the setting. Find out who changed it (CloudTrail), then deploy again.',
    });
    this.lookOften(guard);
  }

  private lookOften({ function: { resource } }: GuardFunction): void {
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn }) };
    const often = new Rule(this, 'Often', {
      description: 'Has the settings of the buckets compared with what was deployed',
      schedule: Schedule.rate(guardEvery),
      targets: [target],
    });
    resource.addPermission('OftenInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: often.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
