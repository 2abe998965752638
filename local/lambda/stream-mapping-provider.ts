import * as z from 'zod';
import { callerContext } from '../aws/caller-context.ts';
import { readProperties, resourceError, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { TemplateResource } from '../aws/service.ts';
import { eventPatterns } from './event-pattern.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Lambda } from './lambda.ts';
import { referenceIn } from './qualifier-providers.ts';
import type { LambdaProviderDeps } from './resource-providers.ts';
import type { StreamMapping } from './stream-mapping.ts';

const whole = (least: number, most: number) => templateNumber.pipe(z.number().int().min(least).max(most)).optional();
const queue = z.string().startsWith('arn:aws:sqs:', 'only queues are destinations');

const streamProperties = {
  FunctionName: z.string(),
  EventSourceArn: z.string(),
  StartingPosition: z.literal('TRIM_HORIZON', 'only TRIM_HORIZON is offered on one machine'),
  BatchSize: whole(1, 10_000),
  MaximumBatchingWindowInSeconds: whole(0, 300),
  TumblingWindowInSeconds: whole(0, 900),
  ParallelizationFactor: templateNumber.pipe(z.literal(1, 'a stream has one shard on one machine')).optional(),
  BisectBatchOnFunctionError: templateBoolean.optional(),
  MaximumRetryAttempts: whole(-1, 10_000),
  MaximumRecordAgeInSeconds: templateNumber
    .refine((seconds) => seconds === -1 || (seconds >= 60 && seconds <= 604_800), 'must be -1 or from 60 to 604,800')
    .optional(),
  DestinationConfig: z.strictObject({ OnFailure: z.strictObject({ Destination: queue }).optional() }).optional(),
  FilterCriteria: z
    .strictObject({ Filters: z.array(z.strictObject({ Pattern: z.string().max(4096) })).max(10) })
    .optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
  Enabled: templateBoolean.optional(),
};
const withoutLocalEffect = { Tags: 'no policy of the platform asks for the tags of a mapping' };

/** Reads a mapping of a table's stream, after the checks that Lambda makes: the stream is there and the role may read it. */
export const readStreamMapping = (
  lambda: Lambda,
  deps: LambdaProviderDeps,
  { resource, uuid }: { resource: TemplateResource; uuid: string },
): StreamMapping => {
  const properties = readProperties(resource, streamProperties, withoutLocalEffect);
  const { config, invokedArn } = lambda.functions.resolve(referenceIn(resource, properties.FunctionName));
  const { EventSourceArn: streamArn, TumblingWindowInSeconds: window = 0 } = properties;
  const batchSize = properties.BatchSize ?? 100;
  const batchingWindowMs = (properties.MaximumBatchingWindowInSeconds ?? 0) * 1000;
  if (batchSize > 1_000 && batchingWindowMs === 0)
    throw resourceError(resource, '`BatchSize` above 1000 needs `MaximumBatchingWindowInSeconds` of at least 1.');
  refuseMissingRights(lambda, deps, { resource, streamArn, config });
  const patterns = properties.FilterCriteria?.Filters.map(({ Pattern }) => Pattern) ?? [];
  const failureQueueArn = properties.DestinationConfig?.OnFailure?.Destination;
  return {
    uuid,
    streamArn,
    functionArn: invokedArn,
    batchSize,
    batchingWindowMs,
    ...(window > 0 && { windowMs: window * 1000 }),
    reportsBatchItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    bisects: properties.BisectBatchOnFunctionError ?? false,
    ...limit('maximumRetries', properties.MaximumRetryAttempts, 1),
    ...limit('maximumAgeMs', properties.MaximumRecordAgeInSeconds, 1000),
    ...(failureQueueArn !== undefined && { failureQueueArn }),
    patterns,
    admits: patternTest(resource, patterns),
    enabled: properties.Enabled ?? true,
  };
};

/** -1 stands for no limit. */
const limit = <Name extends string>(name: Name, value: number | undefined, unit: number): { [K in Name]?: number } =>
  value === undefined || value < 0 ? {} : ({ [name]: value * unit } as { [K in Name]?: number });

const patternTest = (resource: TemplateResource, patterns: readonly string[]): StreamMapping['admits'] => {
  try {
    return eventPatterns(patterns);
  } catch (error) {
    throw resourceError(resource, error instanceof Error ? error.message : String(error));
  }
};

const refuseMissingRights = (
  lambda: Lambda,
  { streams, authorize, clock }: LambdaProviderDeps,
  { resource, streamArn, config }: { resource: TemplateResource; streamArn: string; config: FunctionConfig },
): void => {
  if (streams === undefined) throw resourceError(resource, `the stream ${streamArn} does not exist.`);
  const caller = lambda.roleCaller(config.roleArn);
  const { region, accountId } = resource;
  try {
    for (const action of ['DescribeStream', 'GetShardIterator', 'GetRecords'])
      streams.permit(streamArn, caller, action);
    const context = callerContext(caller, clock.now());
    const action = 'dynamodb:ListStreams';
    authorize({ caller, action, resource: '*', resourceAccountId: accountId, context, region });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw resourceError(resource, `the execution role cannot read the stream: ${reason}`);
  }
};
