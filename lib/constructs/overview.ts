import { Duration } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, type IMetric, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import type { AlarmsProps } from './alarms.ts';

export interface OverviewProps extends Omit<AlarmsProps, 'topic'> {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
}

const period = Duration.minutes(5);

/** One page that shows what comes in, how long it takes and what fails. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, props: OverviewProps) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Default', { defaultInterval: Duration.days(1) });
    for (const row of [stored, ingest, queues, functions, api]) dashboard.addWidgets(...row(props));
  }
}

type Row = (props: OverviewProps) => GraphWidget[];

const stored: Row = ({ deployment, dataClasses }) => {
  const byClass = (metric: string) =>
    dataClasses.map(({ name }) => own(deployment, metric, 'Sum', { service: 'catalog', class: name }, name));
  return [
    graph('Objects stored', byClass(metricNames.objectsStored)),
    graph('Bytes stored', byClass(metricNames.bytesStored)),
  ];
};

const ingest: Row = ({ deployment }) => {
  const latency = (statistic: string) =>
    own(deployment, metricNames.ingestLatency, statistic, { service: 'catalog' }, statistic);
  return [
    graph('From landing to catalog (ms)', ['p50', 'p99'].map(latency)),
    graph('Rejected, by reason', [rejectedByReason(deployment)]),
  ];
};

const queues: Row = ({ intakeQueue, catalogQueue }) => {
  const both = [intakeQueue, catalogQueue];
  const statistic = { period, statistic: 'Maximum' };
  return [
    graph(
      'Oldest message (s)',
      both.map(({ queue }) => queue.metricApproximateAgeOfOldestMessage(statistic)),
    ),
    graph(
      'Dead letters',
      both.map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible(statistic)),
    ),
  ];
};

const functions: Row = (props) => {
  const resources = Object.values(props.functions).map(({ resource }) => resource);
  return [
    graph(
      'Function errors',
      resources.map((resource) => resource.metricErrors({ period })),
    ),
    graph(
      'Function duration p95 (ms)',
      resources.map((resource) => resource.metricDuration({ period, statistic: 'p95' })),
    ),
  ];
};

const api: Row = (props) => [
  graph(
    'API answers',
    ['Count', '4xx', '5xx'].map((name) => apiMetric(props, name, 'Sum')),
  ),
  graph(
    'API latency (ms)',
    ['p50', 'p99'].map((statistic) => apiMetric(props, 'Latency', statistic)),
  ),
];

const own = (
  { name }: Deployment,
  metricName: string,
  statistic: string,
  dimensionsMap: Record<string, string>,
  label: string,
): Metric => new Metric({ namespace: metricNamespace(name), metricName, dimensionsMap, statistic, period, label });

const graph = (title: string, left: IMetric[]): GraphWidget => new GraphWidget({ title, left, width: 12, height: 6 });

const rejectedByReason = ({ name }: Deployment): IMetric =>
  new MathExpression({
    expression: `SEARCH('{"${metricNamespace(name)}",service,reason} MetricName="${metricNames.objectsRejected}"', 'Sum', ${period.toSeconds()})`,
    label: '',
    period,
  });

const apiMetric = ({ httpApi }: OverviewProps, metricName: string, statistic: string): Metric =>
  new Metric({
    namespace: 'AWS/ApiGateway',
    metricName,
    dimensionsMap: { ApiId: httpApi.api.ref },
    statistic,
    period,
    label: `${metricName} ${statistic}`,
  });
