import { Aws, Duration } from 'aws-cdk-lib';
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { type IRuleTarget, Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
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

/** Who finds the API closed for longer than a recovery lasts hears of it after this time. */
const closedEvery = Duration.minutes(30);

interface Call {
  readonly description: string;
  readonly schedule: Schedule;
  readonly input?: Readonly<Record<string, string>>;
  /** Why nobody has to hear of a call that was missed. */
  readonly reason: string;
}

/** Rings when a drill failed, when the last good proof is too old, when nobody tells its age any more, and when a recovery has left the API closed. */
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
    ring(this, 'ApiLeftClosed', {
      topic,
      severity: 'page',
      metric: ownMetric(deployment, {
        name: metricNames.apiLeftClosed,
        service: 'recover',
        statistic: 'Maximum',
        period: closedEvery,
      }),
      missing: TreatMissingData.IGNORE,
      description: 'The API answers nobody: the recovery that closed it has come to an end without opening it again.',
    });
    this.call(proofAge, 'Daily', {
      description: 'The age of the last good proof',
      schedule: Schedule.cron({ minute: '20', hour: '2' }),
      reason: 'A day without the metric makes the alarm ring',
    });
    this.call(proofAge, 'Closed', {
      description: 'Whether a recovery has left the API closed',
      schedule: Schedule.rate(closedEvery),
      input: { look: 'closed' },
      reason: 'A call that was missed is made up for half an hour later, and a function that fails has an alarm',
    });
  }

  private call({ function: { resource } }: ProofAgeFunction, id: string, { input, reason, ...props }: Call): void {
    const target: IRuleTarget = {
      bind: () => ({ arn: resource.functionArn, ...(input && { input: RuleTargetInput.fromObject(input) }) }),
    };
    const rule = new Rule(this, id, { ...props, targets: [target] });
    acknowledge(rule, { ids: ['Serverless-EventBusDLQ'], reason });
    resource.addPermission(`${id}Invokes`, {
      principal: new ServicePrincipal('events.amazonaws.com'),
      sourceArn: rule.ruleArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
  }
}
