import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { indexNames } from '../../core/catalog/keys.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { FunctionContext } from './functions/function-context.ts';
import type { HttpApi } from './http-api.ts';
import type { KeepFunction } from './keep-function.ts';
import type { NotifiedQueue } from './notified-queue.ts';
import { minute, ownMetric, type RingProps, ring } from './ring.ts';

export interface AlarmsProps
  extends Pick<
    FunctionContext,
    'deployment' | 'catalogTable' | 'intakeQueue' | 'catalogQueue' | 'jobDeadLetters' | 'projectFailures'
  > {
  readonly topic: AlarmTopic;
  readonly functions: Readonly<Record<string, KeepFunction>> & {
    readonly Intake: KeepFunction;
    readonly Catalog: KeepFunction;
    readonly Project: KeepFunction;
  };
  readonly httpApi: HttpApi;
}

type Spec = Omit<RingProps, 'topic'>;

/** What somebody has to look at: each alarm speaks of a promise that is about to break, and goes to the topic. */
export class Alarms extends Construct {
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = props.topic;
    const { Intake, Catalog } = props.functions;
    this.watchQueue('Intake', { ...props.intakeQueue, consumer: Intake, waiting: 'Uploads wait to be checked.' });
    this.watchLosses(props);
    const waiting = 'Stored objects wait to be catalogued.';
    this.watchQueue('Catalog', { ...props.catalogQueue, consumer: Catalog, waiting });
    for (const [name, watched] of Object.entries(props.functions)) this.watchFunction(name, watched);
    this.watchProjection(props);
    this.watchApi(props.httpApi);
    this.watchTable(props.catalogTable.tableName);
  }

  private watchQueue(
    name: string,
    queue: Pick<NotifiedQueue, 'queue' | 'deadLetters'> & {
      readonly consumer: KeepFunction;
      readonly waiting: string;
    },
  ): void {
    const latest = { statistic: 'Maximum', period: minute };
    this.alarm(`${name}DeadLetters`, {
      severity: 'page',
      metric: queue.deadLetters.metricApproximateNumberOfMessagesVisible(latest),
      description: 'Messages failed five times and are not tried again.',
    });
    this.alarm(`${name}Age`, {
      severity: 'page',
      metric: queue.queue.metricApproximateAgeOfOldestMessage(latest),
      threshold: 900,
      periods: 5,
      description: `${queue.waiting} The oldest message is older than 15 minutes.`,
    });
    this.alarm(`${name}NotFed`, {
      severity: 'page',
      metric: new MathExpression({
        // Lambda tells nobody that it may not read a queue: what shows is that messages lie there and nothing is called.
        expression: 'IF(FILL(visible, 0) > 0 AND FILL(calls, 0) == 0, 1, 0)',
        usingMetrics: {
          visible: queue.queue.metricApproximateNumberOfMessagesVisible({ statistic: 'Minimum', period: minute }),
          calls: queue.consumer.resource.metricInvocations({ statistic: 'Sum', period: minute }),
        },
        label: 'Messages lie there and the function is not called',
        period: minute,
      }),
      periods: 5,
      description: `${queue.waiting} For five minutes nothing has been handed to the function ${name}: its event source mapping does not work.`,
    });
  }

  private watchLosses({ deployment }: AlarmsProps): void {
    this.alarm('ObjectsLost', {
      severity: 'page',
      metric: ownMetric(deployment, { name: metricNames.objectsLost, service: 'intake' }),
      description: 'Uploads have left landing before intake decided about them.',
    });
    this.alarm('FactsRefused', {
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.factsRefused, service: 'catalog' }),
      description: 'Facts objects in the vault are not of the form that the API writes: somebody else wrote there.',
    });
  }

  private watchFunction(name: string, { resource }: KeepFunction): void {
    this.alarm(`${name}Errors`, {
      severity: 'page',
      runbook: 'FunctionErrors',
      metric: resource.metricErrors({ statistic: 'Sum', period: minute }),
      periods: 3,
      description: `The function ${name} has failed for three minutes.`,
    });
    this.alarm(`${name}Throttles`, {
      severity: 'ticket',
      runbook: 'FunctionThrottles',
      metric: resource.metricThrottles({ statistic: 'Sum', period: minute }),
      periods: 5,
      description: `The function ${name} has been throttled for five minutes.`,
    });
  }

  private watchProjection({ deployment, functions, projectFailures }: AlarmsProps): void {
    this.alarm('ProjectionAge', {
      severity: 'page',
      metric: functions.Project.resource.metric('IteratorAge', { statistic: 'Maximum', period: minute }),
      threshold: 900_000,
      periods: 5,
      description:
        'Statistics and journal are more than 15 minutes behind the catalog; a record is given up after 20 hours.',
    });
    this.alarm('ProjectionFailures', {
      severity: 'ticket',
      metric: projectFailures.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minute }),
      description: 'Records of the catalog were given up: statistics and journal lack them.',
    });
    this.alarm('RecordsRefused', {
      severity: 'ticket',
      metric: ownMetric(deployment, { name: metricNames.recordsRefused, service: 'project' }),
      description: 'Rows of the catalog could not be understood and are in neither statistics nor journal.',
    });
    this.alarm('JournalFailures', {
      severity: 'page',
      metric: ownMetric(deployment, { name: metricNames.journalFailures, service: 'project' }),
      periods: 5,
      description: 'Holds, rules and members do not reach the journal in the vault: a rebuild would miss them.',
    });
  }

  private watchApi({ api }: HttpApi): void {
    this.alarm('ApiServerErrors', {
      severity: 'page',
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: api.ref },
        statistic: 'Sum',
        period: minute,
      }),
      threshold: 5,
      periods: 3,
      description: 'The API has answered 5xx for three minutes.',
    });
  }

  /** An index counts its throttles under its own name, so that the table's metric alone would miss them. */
  private watchTable(tableName: string): void {
    const places = [undefined, ...Object.values(indexNames)];
    for (const direction of ['Read', 'Write'] as const) {
      const throttles = (index: string | undefined) =>
        new Metric({
          namespace: 'AWS/DynamoDB',
          metricName: `${direction}ThrottleEvents`,
          dimensionsMap: { TableName: tableName, ...(index !== undefined && { GlobalSecondaryIndexName: index }) },
          statistic: 'Sum',
          period: minute,
        });
      this.alarm(`Catalog${direction}Throttles`, {
        severity: 'ticket',
        metric: new MathExpression({
          expression: 'SUM(METRICS())',
          usingMetrics: Object.fromEntries(places.map((index, position) => [`m${position}`, throttles(index)])),
          label: `Throttled ${direction.toLowerCase()}s of the table and its indexes`,
          period: minute,
        }),
        periods: 5,
        description: `The catalog's table or one of its indexes has refused ${direction.toLowerCase()}s for five minutes.`,
      });
    }
  }

  private alarm(id: string, spec: Spec): void {
    ring(this, id, { ...spec, topic: this.topic });
  }
}
