import { createHash } from 'node:crypto';
import { days, isoTime } from '../../core/time.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Alias } from './function-registry.ts';
import type { Mapping } from './mappings.ts';
import type { QueueMapping } from './queue-poller.ts';
import type { StreamMapping } from './stream-mapping.ts';

/** A function as the API shows it. */
export const describeConfig = (config: FunctionConfig): object => ({
  FunctionName: config.name,
  FunctionArn: config.version === '$LATEST' ? config.arn : `${config.arn}:${config.version}`,
  Runtime: config.runtime,
  Role: config.roleArn,
  Handler: config.handler,
  CodeSha256: createHash('sha256').update(config.codePath).digest('base64'),
  Description: config.description,
  Timeout: config.timeoutMs / 1000,
  MemorySize: config.memoryMiB,
  LastModified: isoTime(config.modifiedMs).replace('Z', '+0000'),
  Version: config.version,
  Environment: { Variables: config.environment },
  TracingConfig: { Mode: config.tracing ? 'Active' : 'PassThrough' },
  PackageType: 'Zip',
  State: 'Active',
  LastUpdateStatus: 'Successful',
  LoggingConfig: { LogFormat: 'Text', LogGroup: config.logGroupName },
  ...(config.durable !== undefined && {
    DurableConfig: {
      ExecutionTimeout: config.durable.executionTimeoutMs / 1000,
      RetentionPeriodInDays: config.durable.retentionMs / days(1),
    },
  }),
});

export const describeFunction = (config: FunctionConfig): object => ({
  Configuration: describeConfig(config),
  Code: { RepositoryType: 'local', Location: config.codePath },
});

export const describeAlias = (config: FunctionConfig, alias: Alias): object => ({
  AliasArn: `${config.arn}:${alias.name}`,
  Name: alias.name,
  FunctionVersion: alias.version,
  Description: alias.description,
});

export const describeMapping = (mapping: Mapping): object => ({
  UUID: mapping.uuid,
  FunctionArn: mapping.functionArn,
  BatchSize: mapping.batchSize,
  MaximumBatchingWindowInSeconds: mapping.batchingWindowMs / 1000,
  State: mapping.enabled ? 'Enabled' : 'Disabled',
  FunctionResponseTypes: mapping.reportsBatchItemFailures ? ['ReportBatchItemFailures'] : [],
  ...('queueArn' in mapping ? describeQueue(mapping) : describeStream(mapping)),
});

const describeQueue = ({ queueArn, maximumConcurrency }: QueueMapping): object => ({
  EventSourceArn: queueArn,
  ...(maximumConcurrency !== undefined && { ScalingConfig: { MaximumConcurrency: maximumConcurrency } }),
});

const describeStream = (mapping: StreamMapping): object => ({
  EventSourceArn: mapping.streamArn,
  StartingPosition: 'TRIM_HORIZON',
  ParallelizationFactor: 1,
  BisectBatchOnFunctionError: mapping.bisects,
  MaximumRetryAttempts: mapping.maximumRetries ?? -1,
  MaximumRecordAgeInSeconds: mapping.maximumAgeMs === undefined ? -1 : mapping.maximumAgeMs / 1000,
  TumblingWindowInSeconds: (mapping.windowMs ?? 0) / 1000,
  ...(mapping.failureQueueArn !== undefined && {
    DestinationConfig: { OnFailure: { Destination: mapping.failureQueueArn } },
  }),
  ...(mapping.patterns.length > 0 && {
    FilterCriteria: { Filters: mapping.patterns.map((Pattern) => ({ Pattern })) },
  }),
});
