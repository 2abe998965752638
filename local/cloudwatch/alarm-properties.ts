import { z } from 'zod';
import { readProperties, resourceError, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { TemplateResource } from '../aws/service.ts';
import { isStatistic } from './aggregate.ts';
import type { Alarm, CompositeAlarm, MetricAlarm, MetricQuery } from './alarm-model.ts';

const Dimensions = z
  .array(z.strictObject({ Name: z.string(), Value: z.string() }))
  .default([])
  .transform((list) => Object.fromEntries(list.map(({ Name, Value }) => [Name, Value])));

const Metric = z.strictObject({ Namespace: z.string(), MetricName: z.string(), Dimensions });
const MetricStat = z.strictObject({
  Metric,
  Period: templateNumber,
  Stat: z.string(),
  Unit: z.string().optional(),
});

/** A query as alarms and GetMetricData write it. */
export const MetricDataQuery = z.strictObject({
  Id: z.string().regex(/^[a-z]\w*$/),
  Expression: z.string().optional(),
  Label: z.string().optional(),
  MetricStat: MetricStat.optional(),
  Period: templateNumber.optional(),
  ReturnData: templateBoolean.optional(),
  AccountId: z.string().optional(),
});
export type MetricDataQuery = z.output<typeof MetricDataQuery>;

const Actions = z.array(z.string().regex(/^arn:[^:]+:sns:/, 'only SNS topics can be told on one machine')).default([]);

const shared = {
  AlarmName: z.string().optional(),
  AlarmDescription: z.string().optional(),
  ActionsEnabled: templateBoolean.default(true),
  AlarmActions: Actions,
  OKActions: Actions,
  InsufficientDataActions: Actions,
};

const tags = { Tags: 'nothing on one machine reads them' };
const comparisons = [
  'GreaterThanOrEqualToThreshold',
  'GreaterThanThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
  'LessThanLowerOrGreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'GreaterThanUpperThreshold',
] as const;

const metricShape = {
  ...shared,
  Namespace: z.string().optional(),
  MetricName: z.string().optional(),
  Dimensions,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: templateNumber.optional(),
  Unit: z.string().optional(),
  Metrics: z.array(MetricDataQuery).optional(),
  EvaluationPeriods: templateNumber,
  DatapointsToAlarm: templateNumber.optional(),
  Threshold: z.coerce.number().optional(),
  ThresholdMetricId: z.string().optional(),
  ComparisonOperator: z.enum(comparisons),
  TreatMissingData: z.enum(['breaching', 'notBreaching', 'ignore', 'missing']).optional(),
};
type MetricShape = z.output<z.ZodObject<typeof metricShape>>;

/** Reads an `AWS::CloudWatch::Alarm`. */
export const readMetricAlarm = (resource: TemplateResource): MetricAlarm => {
  const properties = readProperties(resource, metricShape, {
    ...tags,
    EvaluateLowSampleCountPercentile: 'percentiles are computed from every number of values',
  });
  const { queries, watched, periodMs } = readQueries(resource, properties);
  const needed = properties.DatapointsToAlarm ?? properties.EvaluationPeriods;
  if (needed < 1 || needed > properties.EvaluationPeriods) {
    throw resourceError(resource, '`DatapointsToAlarm` must lie between 1 and `EvaluationPeriods`.');
  }
  if ((properties.Threshold === undefined) === (properties.ThresholdMetricId === undefined)) {
    throw resourceError(resource, 'it needs either `Threshold` or `ThresholdMetricId`.');
  }
  const ofDynamoDb = queries.some((query) => query.kind === 'metric' && query.metric.namespace === 'AWS/DynamoDB');
  return {
    ...identity(resource, properties),
    kind: 'metric',
    queries,
    watched,
    periodMs,
    evaluationPeriods: properties.EvaluationPeriods,
    datapointsToAlarm: needed,
    threshold: properties.Threshold ?? 0,
    band: properties.ThresholdMetricId,
    comparison: properties.ComparisonOperator,
    // DynamoDB's metrics come only when something happened, and CloudWatch ignores their absence unless told otherwise.
    missingData: properties.TreatMissingData ?? (ofDynamoDb ? 'ignore' : 'missing'),
  };
};

/** Reads an `AWS::CloudWatch::CompositeAlarm`. */
export const readCompositeAlarm = (resource: TemplateResource): CompositeAlarm => {
  const properties = readProperties(resource, { ...shared, AlarmRule: z.string().min(1) }, tags);
  return { ...identity(resource, properties), kind: 'composite', rule: properties.AlarmRule };
};

const identity = (
  { region, accountId, generatedName }: TemplateResource,
  properties: z.output<z.ZodObject<typeof shared>>,
): Omit<Alarm, 'kind' | 'rule'> => {
  const name = properties.AlarmName ?? generatedName;
  return {
    name,
    arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
    region,
    accountId,
    description: properties.AlarmDescription,
    actionsEnabled: properties.ActionsEnabled,
    actions: {
      ALARM: properties.AlarmActions,
      OK: properties.OKActions,
      INSUFFICIENT_DATA: properties.InsufficientDataActions,
    },
  };
};

const readQueries = (
  resource: TemplateResource,
  properties: MetricShape,
): Pick<MetricAlarm, 'queries' | 'watched' | 'periodMs'> => {
  if (properties.Metrics === undefined) return singleMetric(resource, properties);
  const queries = properties.Metrics.map((query) => toQuery(query, (problem) => resourceError(resource, problem)));
  const watched = properties.Metrics.filter(
    ({ Id, ReturnData }) => ReturnData !== false && Id !== properties.ThresholdMetricId,
  );
  const [only] = watched;
  if (only === undefined || watched.length > 1) {
    throw resourceError(resource, '`Metrics`: exactly one query must have `ReturnData` other than false.');
  }
  const periods = properties.Metrics.map(({ MetricStat: stat, Period }) => stat?.Period ?? Period ?? 0);
  return { queries, watched: only.Id, periodMs: Math.max(60, ...periods) * 1000 };
};

const singleMetric = (resource: TemplateResource, properties: MetricShape) => {
  const { Namespace, MetricName, Statistic, ExtendedStatistic, Period } = properties;
  const statistic = Statistic ?? ExtendedStatistic;
  if (Namespace === undefined || MetricName === undefined || statistic === undefined || Period === undefined) {
    throw resourceError(resource, 'it needs `Metrics`, or `Namespace`, `MetricName`, `Period` and a statistic.');
  }
  const query: MetricDataQuery = {
    Id: 'm',
    MetricStat: { Metric: { Namespace, MetricName, Dimensions: properties.Dimensions }, Period, Stat: statistic },
  };
  const queries = [toQuery(query, (problem) => resourceError(resource, problem))];
  return { queries, watched: 'm', periodMs: Math.max(60, Period) * 1000 };
};

/** A query in the platform's own form; the problem becomes an error of the caller's kind. */
export const toQuery = (query: MetricDataQuery, toError: (problem: string) => Error): MetricQuery => {
  const { Id: id, Expression: expression, MetricStat: stat } = query;
  if (expression !== undefined && stat === undefined) return { id, kind: 'expression', expression };
  if (stat === undefined || expression !== undefined)
    throw toError(`query ${id} needs \`MetricStat\` or \`Expression\`.`);
  if (!isStatistic(stat.Stat))
    throw toError(`query ${id}: the embedded platform does not know the statistic ${stat.Stat}.`);
  const { Namespace: namespace, MetricName: name, Dimensions: dimensions } = stat.Metric;
  return {
    id,
    kind: 'metric',
    metric: { namespace, name, dimensions },
    statistic: stat.Stat,
    periodMs: stat.Period * 1000,
  };
};
