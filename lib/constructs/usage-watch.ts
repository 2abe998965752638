import { Duration } from 'aws-cdk-lib';
import {
  AnomalyDetectionAlarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { HttpApi } from './http-api.ts';
import { describe, minute, ownMetric, ring } from './ring.ts';

export interface UsageWatchProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
  readonly topic: AlarmTopic;
  readonly httpApi: HttpApi;
  /** Of the catalog. */
  readonly tableName: string;
}

/** Requests a second that API Gateway takes of an account in a region, and units that DynamoDB gives one table, by default. */
const apiRequestsPerSecond = 10_000;
const tableUnitsPerSecond = 40_000;
/** An alarm on metric math looks at ten metrics at most. */
const mostMetrics = 10;

const unusual = {
  upload: ['ticket', 'far more or fewer uploads than usual at this hour'],
  download: ['page', 'far more downloads than usual at this hour: somebody may be carrying content away'],
  delete: ['page', 'far more deletions than usual at this hour: somebody may be destroying content'],
} as const;

/** Rings when what tenants do is unlike what they did before, and when a limit of the account comes near. */
export class UsageWatch extends Construct {
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: UsageWatchProps) {
    super(scope, id);
    this.topic = props.topic;
    this.watchOperations(props);
    this.watchArrivals(props);
    this.watchCallers(props);
    this.watchQuotas(props);
  }

  private watchOperations({ deployment }: UsageWatchProps): void {
    for (const [operation, [severity, what]] of Object.entries(unusual)) {
      const id = `Unusual${operation.charAt(0).toUpperCase()}${operation.slice(1)}s`;
      const period = Duration.minutes(15);
      const metric = ownMetric(deployment, {
        name: metricNames.operations,
        service: 'api',
        dimensions: { operation },
        period,
      });
      new AnomalyDetectionAlarm(this, id, {
        metric,
        stdDevs: 4,
        evaluationPeriods: 2,
        comparisonOperator:
          operation === 'upload'
            ? ComparisonOperator.LESS_THAN_LOWER_OR_GREATER_THAN_UPPER_THRESHOLD
            : ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: describe(this, id, { topic: this.topic, severity, description: `There are ${what}.` }),
      }).addAlarmAction(new SnsAction(this.topic.topic));
    }
  }

  private watchArrivals({ deployment, dataClasses }: UsageWatchProps): void {
    const missing = dataClasses.map(({ name }) =>
      ownMetric(deployment, {
        name: metricNames.arrivalsMissing,
        service: 'gauges',
        dimensions: { class: name },
        statistic: 'Maximum',
        period: Duration.hours(1),
      }),
    );
    for (let at = 0; at < missing.length; at += mostMetrics) {
      ring(this, `ArrivalsMissing${at === 0 ? '' : at / mostMetrics + 1}`, {
        topic: this.topic,
        severity: 'ticket',
        runbook: 'UsageWatchArrivalsMissing',
        metric: together('SUM(METRICS())', missing.slice(at, at + mostMetrics), Duration.hours(1)),
        description: 'Nothing of a class has come for three hours, though on most days something does at this time.',
      });
    }
  }

  private watchCallers({ deployment }: UsageWatchProps): void {
    ring(this, 'CallersLimited', {
      topic: this.topic,
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.requestsLimited, service: 'api' }),
      periods: 10,
      description: 'A caller has been past its requests of a minute for ten minutes.',
    });
  }

  private watchQuotas({ httpApi, tableName }: UsageWatchProps): void {
    const nearQuota = (id: string, metric: IMetric, limit: string) =>
      ring(this, id, {
        topic: this.topic,
        severity: 'ticket',
        metric,
        threshold: 80,
        comparison: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        periods: 3,
        description: `More than 80 % of ${limit} are in use.`,
      });
    const usage = new Metric({
      namespace: 'AWS/Usage',
      metricName: 'ResourceCount',
      dimensionsMap: { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' },
      statistic: 'Maximum',
      period: minute,
    });
    nearQuota(
      'ConcurrencyNearQuota',
      together('100 * m0 / SERVICE_QUOTA(m0)', [usage], minute),
      "the account's concurrent executions",
    );
    const perSecond = (metric: Metric, most: number) => together(`100 * m0 / 60 / ${most}`, [metric], minute);
    const requests = new Metric({
      namespace: 'AWS/ApiGateway',
      metricName: 'Count',
      dimensionsMap: { ApiId: httpApi.api.ref },
      statistic: 'Sum',
      period: minute,
    });
    nearQuota('RequestsNearQuota', perSecond(requests, apiRequestsPerSecond), "the account's requests to API Gateway");
    for (const direction of ['Read', 'Write'] as const) {
      const consumed = new Metric({
        namespace: 'AWS/DynamoDB',
        metricName: `Consumed${direction}CapacityUnits`,
        dimensionsMap: { TableName: tableName },
        statistic: 'Sum',
        period: minute,
      });
      const limit = `the ${direction.toLowerCase()} units that one table may use`;
      nearQuota(`Catalog${direction}NearQuota`, perSecond(consumed, tableUnitsPerSecond), limit);
    }
  }
}

const together = (expression: string, metrics: readonly IMetric[], period: Duration): MathExpression =>
  new MathExpression({
    expression,
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    label: expression,
    period,
  });
