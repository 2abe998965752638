import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Metric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { Construct } from 'constructs';
import { metricNamespace } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';

/** `page`: a promise breaks now, somebody gets up. `ticket`: somebody looks at it on the next working day. */
export type Severity = 'page' | 'ticket';

/** The part of an alarm that every kind of it has. */
export interface Bell {
  readonly topic: AlarmTopic;
  readonly severity: Severity;
  /** What has happened, in a sentence or two; what to do stands in the runbook. */
  readonly description: string;
  /** The section of docs/runbook.md. @default the id of the alarm */
  readonly runbook?: string;
}

export interface RingProps extends Bell {
  readonly metric: IMetric;
  /** @default 0 */
  readonly threshold?: number;
  /** @default it rings above the threshold */
  readonly comparison?: ComparisonOperator;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** @default silence is good news */
  readonly missing?: TreatMissingData;
}

/** The minute in which most alarms count. */
export const minute = Duration.minutes(1);

/** Makes an alarm that tells the topic how bad it is and where the runbook has it. */
export const ring = (scope: Construct, id: string, props: RingProps): Alarm => {
  const alarm = new Alarm(scope, id, {
    metric: props.metric,
    threshold: props.threshold ?? 0,
    evaluationPeriods: props.periods ?? 1,
    comparisonOperator: props.comparison ?? ComparisonOperator.GREATER_THAN_THRESHOLD,
    treatMissingData: props.missing ?? TreatMissingData.NOT_BREACHING,
    alarmDescription: describe(scope, id, props),
  });
  alarm.addAlarmAction(new SnsAction(props.topic.topic));
  return alarm;
};

/** `[page] What has happened. Runbook: docs/runbook.md#alarmscatalogage` */
export const describe = (scope: Construct, id: string, { severity, description, runbook }: Bell): string =>
  `[${severity}] ${description} Runbook: docs/runbook.md#${(runbook ?? alarmId(scope, id)).toLowerCase()}`;

/** What the alarm's name has between the stack's name and the digits: `AlarmsCatalogAge`. */
const alarmId = (scope: Construct, id: string): string =>
  [...scope.node.scopes.slice(Stack.of(scope).node.scopes.length).map(({ node }) => node.id), id].join('');

/** A metric of one of the deployment's own functions. */
export const ownMetric = (
  deployment: { readonly name: string },
  { name, service, dimensions = {}, statistic = 'Sum', period = minute }: OwnMetricProps,
): Metric =>
  new Metric({
    namespace: metricNamespace(deployment.name),
    metricName: name,
    dimensionsMap: { service, ...dimensions },
    statistic,
    period,
  });

export interface OwnMetricProps {
  readonly name: string;
  /** The function that emits it. */
  readonly service: string;
  readonly dimensions?: Readonly<Record<string, string>>;
  /** @default 'Sum' */
  readonly statistic?: string;
  /** @default a minute */
  readonly period?: Duration;
}
