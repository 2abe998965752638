import { z } from 'zod';
import { AwsError } from '../aws/aws-error.ts';
import type { Authorize } from '../aws/caller.ts';
import type { AwsRequest } from '../aws/service.ts';
import type { AlarmBook } from './alarm-book.ts';
import type { AlarmEngine } from './alarm-engine.ts';
import type { AlarmStatus } from './alarm-model.ts';
import { MetricDataQuery, toQuery } from './alarm-properties.ts';
import type { MetricStore } from './metric-store.ts';
import { computeSeries } from './series.ts';

export interface CloudWatchParts {
  readonly book: AlarmBook;
  readonly store: MetricStore;
  readonly engine: AlarmEngine;
  readonly now: () => number;
  readonly authorize: Authorize;
}

export type CloudWatchOperation = (input: unknown, request: AwsRequest) => unknown;

/** The operations of the CloudWatch API that the platform has, by name. */
export const cloudWatchOperations = (parts: CloudWatchParts): ReadonlyMap<string, CloudWatchOperation> =>
  new Map<string, CloudWatchOperation>([
    ['DescribeAlarms', (input, request) => describeAlarms(parts, parse(DescribeAlarms, input), request)],
    ['SetAlarmState', (input, request) => setAlarmState(parts, parse(SetAlarmState, input), request)],
    ['PutMetricData', (input, request) => putMetricData(parts, parse(PutMetricData, input), request)],
    ['GetMetricData', (input, request) => getMetricData(parts, parse(GetMetricData, input), request)],
    ['ListMetrics', (input, request) => listMetrics(parts, parse(ListMetrics, input), request)],
  ]);

const State = z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']);
/** JSON has seconds since the epoch, the query protocol ISO text. */
const Time = z
  .union([z.number().transform((seconds) => seconds * 1000), z.string().transform((text) => Date.parse(text))])
  .pipe(z.number());

const DescribeAlarms = z.object({
  AlarmNames: z.array(z.string()).optional(),
  AlarmNamePrefix: z.string().optional(),
  AlarmTypes: z.array(z.enum(['MetricAlarm', 'CompositeAlarm'])).optional(),
  StateValue: State.optional(),
});
const SetAlarmState = z.object({ AlarmName: z.string(), StateValue: State, StateReason: z.string().max(1023) });
const Values = z.array(z.coerce.number()).max(150).optional();
const Datum = z.object({
  MetricName: z.string().min(1).max(255),
  Dimensions: z
    .array(z.object({ Name: z.string(), Value: z.string() }))
    .max(30)
    .default([]),
  Timestamp: Time.optional(),
  Value: z.coerce.number().optional(),
  Values,
  Counts: Values,
  Unit: z.string().default('None'),
});
const PutMetricData = z.object({
  Namespace: z.string().min(1).max(255).regex(/^[^:]/),
  MetricData: z.array(Datum).min(1).max(1000),
});
const GetMetricData = z.object({
  MetricDataQueries: z.array(MetricDataQuery).min(1).max(500),
  StartTime: Time,
  EndTime: Time,
  ScanBy: z.enum(['TimestampDescending', 'TimestampAscending']).default('TimestampDescending'),
});
const ListMetrics = z.object({ Namespace: z.string().optional(), MetricName: z.string().optional() });

const parse = <T>(schema: z.ZodType<T>, input: unknown): T => {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new AwsError('ValidationError', 400, `${issue?.path.join('.')}: ${issue?.message}`);
};

const permit = (
  { authorize }: CloudWatchParts,
  request: AwsRequest,
  operation: string,
  { resource = '*', namespace }: { resource?: string; namespace?: string } = {},
): void =>
  authorize({
    caller: request.caller,
    action: `cloudwatch:${operation}`,
    resource,
    resourceAccountId: request.accountId,
    context: { ...request.baseContext, 'cloudwatch:namespace': namespace },
    region: request.region,
  });

const alarmArn = ({ region, accountId }: AwsRequest, name: string): string =>
  `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;

const describeAlarms = (parts: CloudWatchParts, input: z.output<typeof DescribeAlarms>, request: AwsRequest) => {
  permit(parts, request, 'DescribeAlarms', { resource: alarmArn(request, '*') });
  const types = input.AlarmTypes ?? ['MetricAlarm'];
  const found = parts.book
    .all()
    .filter(({ alarm, state }) => alarm.region === request.region && (input.StateValue ?? state) === state)
    .filter(({ alarm }) => input.AlarmNames?.includes(alarm.name) ?? true)
    .filter(({ alarm }) => alarm.name.startsWith(input.AlarmNamePrefix ?? ''));
  const ofKind = (type: 'MetricAlarm' | 'CompositeAlarm', kind: string) =>
    types.includes(type) ? found.filter(({ alarm }) => alarm.kind === kind).map(describe) : [];
  return { MetricAlarms: ofKind('MetricAlarm', 'metric'), CompositeAlarms: ofKind('CompositeAlarm', 'composite') };
};

const describe = ({ alarm, state, reason, changedAtMs }: AlarmStatus) => ({
  AlarmName: alarm.name,
  AlarmArn: alarm.arn,
  AlarmDescription: alarm.description,
  ActionsEnabled: alarm.actionsEnabled,
  AlarmActions: alarm.actions.ALARM,
  OKActions: alarm.actions.OK,
  InsufficientDataActions: alarm.actions.INSUFFICIENT_DATA,
  StateValue: state,
  StateReason: reason,
  StateUpdatedTimestamp: changedAtMs / 1000,
  ...(alarm.kind === 'composite'
    ? { AlarmRule: alarm.rule }
    : {
        EvaluationPeriods: alarm.evaluationPeriods,
        DatapointsToAlarm: alarm.datapointsToAlarm,
        Threshold: alarm.threshold,
        ComparisonOperator: alarm.comparison,
        TreatMissingData: alarm.missingData,
        Period: alarm.periodMs / 1000,
      }),
});

const setAlarmState = (parts: CloudWatchParts, input: z.output<typeof SetAlarmState>, request: AwsRequest) => {
  permit(parts, request, 'SetAlarmState', { resource: alarmArn(request, input.AlarmName) });
  const status = parts.book.get(request.region, input.AlarmName);
  if (status === undefined) throw new AwsError('ResourceNotFound', 404, `There is no alarm ${input.AlarmName}.`);
  parts.engine.set(status.alarm, input.StateValue, input.StateReason);
  return undefined;
};

const putMetricData = (parts: CloudWatchParts, input: z.output<typeof PutMetricData>, request: AwsRequest) => {
  permit(parts, request, 'PutMetricData', { namespace: input.Namespace });
  for (const datum of input.MetricData) {
    const values = datum.Values ?? (datum.Value === undefined ? [] : [datum.Value]);
    if (values.length === 0 || !values.every(Number.isFinite)) {
      throw new AwsError('InvalidParameterValue', 400, `The metric ${datum.MetricName} has no value that is a number.`);
    }
    for (const [index, value] of values.entries()) {
      parts.store.put({
        namespace: input.Namespace,
        name: datum.MetricName,
        dimensions: Object.fromEntries(datum.Dimensions.map(({ Name, Value }) => [Name, Value])),
        value,
        count: datum.Counts?.[index] ?? 1,
        unit: datum.Unit,
        timestamp: datum.Timestamp ?? parts.now(),
      });
    }
  }
  return undefined;
};

const getMetricData = (parts: CloudWatchParts, input: z.output<typeof GetMetricData>, request: AwsRequest) => {
  permit(parts, request, 'GetMetricData');
  const invalid = (problem: string) => new AwsError('ValidationError', 400, problem);
  const queries = input.MetricDataQueries.map((query) => toQuery(query, invalid));
  const periods = queries.map((query) => (query.kind === 'metric' ? query.periodMs : 0));
  const periodMs = Math.max(60_000, ...periods);
  const range = { fromMs: Math.floor(input.StartTime / periodMs) * periodMs, toMs: input.EndTime, periodMs };
  const series = computeSeries(parts.store, queries, range);
  const results = input.MetricDataQueries.filter(({ ReturnData }) => ReturnData !== false).map(({ Id, Label }) => {
    const values = series.get(Id);
    const points = typeof values === 'object' ? [...values].sort(([a], [b]) => a - b) : [];
    if (input.ScanBy === 'TimestampDescending') points.reverse();
    return {
      Id,
      Label: Label ?? Id,
      Timestamps: points.map(([start]) => start / 1000),
      Values: points.map(([, value]) => value),
      StatusCode: 'Complete',
    };
  });
  return { MetricDataResults: results, Messages: [] };
};

const listMetrics = (parts: CloudWatchParts, input: z.output<typeof ListMetrics>, request: AwsRequest) => {
  permit(parts, request, 'ListMetrics');
  const metrics = parts.store
    .list()
    .filter(
      ({ namespace, name }) => (input.Namespace ?? namespace) === namespace && (input.MetricName ?? name) === name,
    );
  return {
    Metrics: metrics.map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
  };
};
