import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { indexNames } from '../../../core/catalog/keys.ts';
import type { AlarmTopic } from '../alarm-topic.ts';
import type { FunctionBase } from '../functions/function-context.ts';
import type { HttpApi } from '../http-api.ts';
import type { KeepFunction } from '../keep-function.ts';
import { minute, ring } from '../ring.ts';

export interface StandbyAlarmsProps extends Pick<FunctionBase, 'catalogTable' | 'jobDeadLetters'> {
  readonly topic: AlarmTopic;
  readonly functions: Readonly<Record<string, KeepFunction>>;
  readonly httpApi: HttpApi;
}

/** What somebody has to look at while the second region answers; the runbook has the same sections as at home. */
export class StandbyAlarms extends Construct {
  constructor(scope: Construct, id: string, { topic, functions, httpApi, ...props }: StandbyAlarmsProps) {
    super(scope, id);
    for (const [name, { resource }] of Object.entries(functions)) {
      ring(this, `${name}Errors`, {
        topic,
        severity: 'page',
        runbook: 'FunctionErrors',
        metric: resource.metricErrors({ statistic: 'Sum', period: minute }),
        periods: 3,
        description: `The function ${name} of the second region has failed for three minutes.`,
      });
      ring(this, `${name}Throttles`, {
        topic,
        severity: 'ticket',
        runbook: 'FunctionThrottles',
        metric: resource.metricThrottles({ statistic: 'Sum', period: minute }),
        periods: 5,
        description: `The function ${name} of the second region has been throttled for five minutes.`,
      });
    }
    ring(this, 'RebuildFailed', {
      topic,
      severity: 'page',
      runbook: 'JobWatchDeadLetters',
      metric: props.jobDeadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minute }),
      description: 'The catalog of the second region could not be made. Repeat `mediakeep failover run`.',
    });
    ring(this, 'ApiServerErrors', {
      topic,
      severity: 'page',
      runbook: 'AlarmsApiServerErrors',
      // A write is refused with 503, which is no fault.
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: httpApi.api.ref },
        statistic: 'Sum',
        period: minute,
      }),
      threshold: 50,
      periods: 3,
      description:
        'The API of the second region has answered 5xx for three minutes: failures, or somebody keeps writing.',
    });
    this.watchTable(topic, props.catalogTable.tableName);
  }

  /** An index counts its throttles under its own name, so that the table's metric alone would miss them. */
  private watchTable(topic: AlarmTopic, tableName: string): void {
    const places = [undefined, ...Object.values(indexNames)];
    for (const direction of ['Read', 'Write'] as const) {
      const metrics = places.map((index, position): [string, Metric] => [
        `m${position}`,
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `${direction}ThrottleEvents`,
          dimensionsMap: { TableName: tableName, ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
          statistic: 'Sum',
          period: minute,
        }),
      ]);
      ring(this, `Catalog${direction}Throttles`, {
        topic,
        severity: 'ticket',
        runbook: `AlarmsCatalog${direction}Throttles`,
        metric: new MathExpression({
          expression: 'SUM(METRICS())',
          usingMetrics: Object.fromEntries(metrics),
          label: `Throttled ${direction.toLowerCase()}s of the table and its indexes`,
          period: minute,
        }),
        periods: 5,
        description: `The second region's catalog has refused ${direction.toLowerCase()}s for five minutes.`,
      });
    }
  }
}
