import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Metric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { indexNames } from '../../core/catalog/keys.ts';
import { metricNames, metricNamespace } from '../../core/metric-names.ts';
import type { AlarmTopic } from './alarm-topic.ts';
import type { FunctionContext } from './functions/function-context.ts';
import type { HttpApi } from './http-api.ts';
import type { KeepFunction } from './keep-function.ts';
import type { NotifiedQueue } from './notified-queue.ts';

export interface AlarmsProps
  extends Pick<
    FunctionContext,
    'deployment' | 'catalogTable' | 'intakeQueue' | 'catalogQueue' | 'jobDeadLetters' | 'projectFailures'
  > {
  readonly topic: AlarmTopic;
  readonly functions: Readonly<Record<string, KeepFunction>> & { readonly Project: KeepFunction };
  readonly httpApi: HttpApi;
}

interface AlarmSpec {
  readonly metric: IMetric;
  readonly threshold: number;
  /** Minutes in a row that are above the threshold. @default 1 */
  readonly minutes?: number;
  /** What has happened and what to do. */
  readonly description: string;
}

const minute = Duration.minutes(1);

/** What somebody has to look at: each alarm speaks of a promise that is about to break, and goes to the topic. */
export class Alarms extends Construct {
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.topic = props.topic;
    this.watchQueue('Intake', props.intakeQueue, 'Uploads wait to be checked.');
    this.watchLosses(props.deployment);
    this.watchQueue('Catalog', props.catalogQueue, 'Stored objects wait to be catalogued.');
    for (const [name, watched] of Object.entries(props.functions)) this.watchFunction(name, watched);
    this.watchJobs(props);
    this.watchProjection(props);
    this.watchApi(props.httpApi);
    this.watchTable(props.catalogTable.tableName);
  }

  private watchQueue(name: string, { queue, deadLetters }: NotifiedQueue, waiting: string): void {
    this.alarm(`${name}DeadLetters`, {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minute }),
      threshold: 0,
      description:
        'Messages failed five times. Find the reason in the log of the function, then send them back with `aws sqs start-message-move-task`.',
    });
    this.alarm(`${name}Age`, {
      metric: queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: minute }),
      threshold: 900,
      minutes: 5,
      description: `${waiting} The oldest message is older than 15 minutes. Look for errors, throttles or a burst of uploads.`,
    });
  }

  private watchJobs({ jobDeadLetters }: AlarmsProps): void {
    this.alarm('JobDeadLetters', {
      metric: jobDeadLetters.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minute }),
      threshold: 0,
      description:
        'A job could not be begun. Its message names it; look at the log of its function, then start it again: what is done already is not done twice.',
    });
  }

  private watchLosses({ name }: Deployment): void {
    this.alarm('ObjectsLost', {
      metric: new Metric({
        namespace: metricNamespace(name),
        metricName: metricNames.objectsLost,
        dimensionsMap: { service: 'intake' },
        statistic: 'Sum',
        period: minute,
      }),
      threshold: 0,
      description:
        "Uploads have left landing before intake decided about them. The log of the function says `upload lost` with their ids. Ask for a new upload, unless GET /assets/{id} shows the asset once the catalog's queue is empty.",
    });
  }

  private watchFunction(name: string, { resource }: KeepFunction): void {
    this.alarm(`${name}Errors`, {
      metric: resource.metricErrors({ statistic: 'Sum', period: minute }),
      threshold: 0,
      minutes: 3,
      description: `The function ${name} has failed for three minutes. Its log says where.`,
    });
    this.alarm(`${name}Throttles`, {
      metric: resource.metricThrottles({ statistic: 'Sum', period: minute }),
      threshold: 0,
      minutes: 5,
      description: `The function ${name} has been throttled for five minutes. Raise the account's concurrency or lower \`concurrency\`.`,
    });
  }

  private watchProjection({ deployment, functions, projectFailures }: AlarmsProps): void {
    this.alarm('ProjectionAge', {
      metric: functions.Project.resource.metric('IteratorAge', { statistic: 'Maximum', period: minute }),
      threshold: 900_000,
      minutes: 5,
      description:
        'Statistics and journal are more than 15 minutes behind the catalog. A record is lost after 20 hours: look for errors and throttles of the function Project.',
    });
    this.alarm('ProjectionFailures', {
      metric: projectFailures.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: minute }),
      threshold: 0,
      description:
        'Records of the catalog were given up: statistics and journal lack them. The message names shard and sequence numbers, the log of the function Project the reason. Run `mediakeep reconcile --repair`, then delete the message.',
    });
    this.alarm('RecordsRefused', {
      metric: new Metric({
        namespace: metricNamespace(deployment.name),
        metricName: metricNames.recordsRefused,
        dimensionsMap: { service: 'project' },
        statistic: 'Sum',
        period: minute,
      }),
      threshold: 0,
      description:
        'Rows of the catalog could not be understood and are in neither statistics nor journal. The log says `record refused` with the reason. Correct the rows, then run `mediakeep reconcile --repair`.',
    });
  }

  private watchApi({ api }: HttpApi): void {
    this.alarm('ApiServerErrors', {
      metric: new Metric({
        namespace: 'AWS/ApiGateway',
        metricName: '5xx',
        dimensionsMap: { ApiId: api.ref },
        statistic: 'Sum',
        period: minute,
      }),
      threshold: 5,
      minutes: 3,
      description: 'The API has answered 5xx for three minutes. The access log names the routes.',
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
        metric: new MathExpression({
          expression: 'SUM(METRICS())',
          usingMetrics: Object.fromEntries(places.map((index, position) => [`m${position}`, throttles(index)])),
          label: `Throttled ${direction.toLowerCase()}s of the table and its indexes`,
          period: minute,
        }),
        threshold: 0,
        minutes: 5,
        description: `The catalog's table or one of its indexes has refused ${direction.toLowerCase()}s for five minutes. A burst passes; a hot key does not.`,
      });
    }
  }

  private alarm(id: string, { metric, threshold, minutes = 1, description }: AlarmSpec): void {
    new Alarm(this, id, {
      metric,
      threshold,
      evaluationPeriods: minutes,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: description,
    }).addAlarmAction(new SnsAction(this.topic.topic));
  }
}
