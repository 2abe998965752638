import { Aws, Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { metricNames } from '../../core/metric-names.ts';
import { acknowledge } from './acknowledge.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { GuardFunction } from './functions/guard.ts';
import { ownMetric, type RingProps, ring } from './ring.ts';

export interface StoreWatchProps {
  readonly deployment: Deployment;
  readonly topic: AlarmTopic;
  readonly guard: GuardFunction;
}

/** How often the guard looks: nobody opens a bucket for longer than this without an alarm. */
const guardEvery = Duration.minutes(5);

/** Rings when bytes have changed on their disk, when a bucket or a key is not what was deployed, and when nobody looks. */
export class StoreWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, topic, guard }: StoreWatchProps) {
    super(scope, id);
    const metric = (name: string, service: string) =>
      ownMetric(deployment, { name, service, statistic: 'Maximum', period: guardEvery });
    const page = (name: string, props: Omit<RingProps, 'topic' | 'severity'>) =>
      ring(this, name, { ...props, topic, severity: 'page' });
    page('Corrupt', {
      metric: metric(metricNames.versionsCorrupt, 'reconcile'),
      description: 'A scrub has found bytes that do not make their checksum.',
    });
    // Silence is no good sign of these two, but it has an alarm of its own.
    page('Drift', {
      metric: metric(metricNames.driftFindings, 'guard'),
      missing: TreatMissingData.IGNORE,
      description: 'A bucket is not what was deployed; the log of the function guard names the setting.',
    });
    page('KeysUnusable', {
      metric: metric(metricNames.keysUnusable, 'guard'),
      missing: TreatMissingData.IGNORE,
      description: 'A key is disabled or waits for its deletion: what it closes cannot be opened.',
    });
    page('Heartbeat', {
      metric: metric(metricNames.heartbeat, 'guard'),
      ...heartbeat,
      description:
        'The guard has not told for more than a quarter of an hour that it looks: schedules, functions or metrics stand still.',
    });
    this.lookOften(guard);
  }

  private lookOften({ function: { resource } }: GuardFunction): void {
    const target: IRuleTarget = { bind: () => ({ arn: resource.functionArn }) };
    const often = new Rule(this, 'Often', {
      description: 'Has buckets and keys compared with what was deployed',
      schedule: Schedule.rate(guardEvery),
      targets: [target],
    });
    acknowledge(often, {
      ids: ['Serverless-EventBusDLQ'],
      reason: 'A call that was missed is made up for five minutes later, and its absence rings',
    });
    resource.addPermission('OftenInvokes', {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: often.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}

/** Rings when a beat that comes every five minutes has been missing for 15 to 25 minutes: CloudWatch looks two periods further back. */
const heartbeat = {
  threshold: 1,
  comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
  periods: 3,
  missing: TreatMissingData.BREACHING,
} as const;

/**
 * Listens in the second region to the guard of the first. An alarm channel cannot tell that it is down itself: this one is of
 * another region, another topic and another key.
 */
export class HeartbeatWatch extends Construct {
  constructor(scope: Construct, id: string, { deployment, topic }: Omit<StoreWatchProps, 'guard'>) {
    super(scope, id);
    ring(this, 'HomeSilent', {
      topic,
      severity: 'page',
      metric: ownMetric(deployment, {
        name: metricNames.heartbeat,
        service: 'guard-abroad',
        statistic: 'Maximum',
        period: guardEvery,
      }),
      ...heartbeat,
      description:
        'The home region has not been heard for more than a quarter of an hour, or cannot tell its alarms to anybody.',
    });
  }
}
