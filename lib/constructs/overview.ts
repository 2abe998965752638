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
    const { deployment, dataClasses, functions } = props;
    const own = (metricName: string, service: string, statistic: string, dimensions: Record<string, string> = {}) =>
      new Metric({
        namespace: metricNamespace(deployment.name),
        metricName,
        dimensionsMap: { service, ...dimensions },
        statistic,
        period,
        label: dimensions['class'] ?? `${metricName} ${statistic}`,
      });
    const byClass = (metricName: string) =>
      dataClasses.map(({ name }) => own(metricName, 'catalog', 'Sum', { class: name }));
    const resources = Object.values(functions).map(({ resource }) => resource);
    const latency = (metricName: string, service: string) =>
      ['p50', 'p99'].map((statistic) => own(metricName, service, statistic));
    dashboard.addWidgets(
      graph('Objects stored', byClass(metricNames.objectsStored)),
      graph('Bytes stored', byClass(metricNames.bytesStored)),
    );
    dashboard.addWidgets(
      graph('From landing to catalog (ms)', latency(metricNames.ingestLatency, 'catalog')),
      graph('Rejected, by reason', [rejectedByReason(deployment)]),
    );
    dashboard.addWidgets(
      graph('Oldest message (s)', [
        ...[props.intakeQueue, props.catalogQueue].map(({ queue }) =>
          queue.metricApproximateAgeOfOldestMessage({ period, statistic: 'Maximum' }),
        ),
      ]),
      graph('Dead letters', [
        ...[props.intakeQueue, props.catalogQueue].map(({ deadLetters }) =>
          deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: 'Maximum' }),
        ),
      ]),
    );
    dashboard.addWidgets(
      graph(
        'Function errors',
        resources.map((resource) => resource.metricErrors({ period })),
      ),
      graph(
        'Function duration p95 (ms)',
        resources.map((resource) => resource.metricDuration({ period, statistic: 'p95' })),
      ),
    );
    dashboard.addWidgets(
      graph(
        'API answers',
        ['Count', '4xx', '5xx'].map((name) => apiMetric(props, name, 'Sum')),
      ),
      graph(
        'API latency (ms)',
        ['p50', 'p99'].map((statistic) => apiMetric(props, 'Latency', statistic)),
      ),
    );
  }
}

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
