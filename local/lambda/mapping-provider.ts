import { createHash } from 'node:crypto';
import * as z from 'zod';
import { callerContext } from '../aws/caller-context.ts';
import { readProperties, resourceError, templateBoolean, templateNumber } from '../aws/resource-properties.ts';
import type { CreatedResource, TemplateResource } from '../aws/service.ts';
import type { Queue } from '../sqs/queue-store.ts';
import type { FunctionConfig } from './function-config.ts';
import type { Lambda } from './lambda.ts';
import { referenceIn } from './qualifier-providers.ts';
import type { QueueMapping } from './queue-poller.ts';
import type { LambdaProviderDeps } from './resource-providers.ts';
import { readStreamMapping } from './stream-mapping-provider.ts';

const mappingProperties = {
  FunctionName: z.string(),
  EventSourceArn: z.string().startsWith('arn:aws:sqs:', 'only queues and streams of tables are event sources'),
  BatchSize: templateNumber.pipe(z.number().min(1).max(10_000)).optional(),
  MaximumBatchingWindowInSeconds: templateNumber.pipe(z.number().min(0).max(300)).optional(),
  ScalingConfig: z
    .strictObject({ MaximumConcurrency: templateNumber.pipe(z.number().min(2).max(1000)).optional() })
    .optional(),
  FunctionResponseTypes: z.array(z.literal('ReportBatchItemFailures')).optional(),
  Enabled: templateBoolean.optional(),
};
const withoutLocalEffect = { Tags: 'no policy of the platform asks for the tags of a mapping' };

/** Connects a queue or a table's stream with a function. */
export const createMapping = (
  lambda: Lambda,
  deps: LambdaProviderDeps,
  resource: TemplateResource,
): CreatedResource => {
  const uuid = uuidOf(resource.generatedName);
  const isStream = String(resource.properties['EventSourceArn']).startsWith('arn:aws:dynamodb:');
  lambda.putMapping(
    isStream ? readStreamMapping(lambda, deps, { resource, uuid }) : readQueueMapping(lambda, deps, { resource, uuid }),
  );
  const arn = `arn:aws:lambda:${resource.region}:${resource.accountId}:event-source-mapping:${uuid}`;
  return { ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn } };
};

/** Reads a mapping of a queue after the checks that Lambda makes: rights of the role, and a visibility long enough. */
const readQueueMapping = (
  lambda: Lambda,
  deps: LambdaProviderDeps,
  { resource, uuid }: { resource: TemplateResource; uuid: string },
): QueueMapping => {
  const properties = readProperties(resource, mappingProperties, withoutLocalEffect);
  const reference = referenceIn(resource, properties.FunctionName);
  const { config, invokedArn } = lambda.functions.resolve(reference);
  const queue = queueOf(deps, resource, properties.EventSourceArn);
  const batchSize = properties.BatchSize ?? 10;
  const windowSeconds = properties.MaximumBatchingWindowInSeconds ?? 0;
  if (batchSize > 10 && windowSeconds < 1) {
    throw resourceError(resource, '`BatchSize` above 10 needs `MaximumBatchingWindowInSeconds` of at least 1.');
  }
  refuseShortVisibility(resource, queue, config);
  refuseMissingRights(lambda, deps, resource, { queue, config });
  const maximumConcurrency = properties.ScalingConfig?.MaximumConcurrency;
  return {
    uuid,
    queueArn: queue.arn,
    functionArn: invokedArn,
    batchSize,
    batchingWindowMs: windowSeconds * 1000,
    reportsBatchItemFailures: properties.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
    enabled: properties.Enabled ?? true,
    ...(maximumConcurrency !== undefined && { maximumConcurrency }),
  };
};

const queueOf = ({ sqs }: LambdaProviderDeps, resource: TemplateResource, arn: string): Queue => {
  const queue = sqs.queues().find((candidate) => candidate.arn === arn);
  if (queue === undefined) throw resourceError(resource, `the queue ${arn} does not exist.`);
  return queue;
};

const refuseShortVisibility = (resource: TemplateResource, queue: Queue, { timeoutMs }: FunctionConfig): void => {
  const { visibilityTimeoutMs } = queue.settings;
  if (visibilityTimeoutMs >= timeoutMs) return;
  const seconds = `${visibilityTimeoutMs / 1000} seconds is less than Function timeout: ${timeoutMs / 1000} seconds`;
  throw resourceError(resource, `Queue visibility timeout: ${seconds}.`);
};

interface PollingRights {
  readonly queue: Queue;
  readonly config: FunctionConfig;
}

const refuseMissingRights = (
  lambda: Lambda,
  deps: LambdaProviderDeps,
  resource: TemplateResource,
  { queue, config }: PollingRights,
): void => {
  const caller = lambda.roleCaller(config.roleArn);
  for (const action of ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes']) {
    try {
      deps.authorize({
        caller,
        action,
        resource: queue.arn,
        resourceAccountId: queue.accountId,
        ...(queue.settings.policy !== undefined && { resourcePolicy: queue.settings.policy }),
        context: callerContext(caller, deps.clock.now()),
        region: queue.region,
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw resourceError(resource, `the execution role may not call ${action} on the queue: ${reason}`);
    }
  }
};

const uuidOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .slice(0, 32)
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

const destination = z
  .strictObject({ Destination: z.string().startsWith('arn:aws:sqs:', 'only queues are destinations') })
  .optional();

const invokeConfigProperties = {
  FunctionName: z.string(),
  Qualifier: z.string(),
  MaximumRetryAttempts: templateNumber.pipe(z.number().min(0).max(2)).optional(),
  MaximumEventAgeInSeconds: templateNumber.pipe(z.number().min(60).max(21_600)).optional(),
  DestinationConfig: z.strictObject({ OnSuccess: destination, OnFailure: destination }).optional(),
};

/** Says how asynchronous invocations of a function are retried and who is told of their end. */
export const createEventInvokeConfig = (lambda: Lambda, resource: TemplateResource): CreatedResource => {
  const properties = readProperties(resource, invokeConfigProperties);
  const { arn } = referenceIn(resource, properties.FunctionName);
  const { Qualifier: qualifier, DestinationConfig } = properties;
  const { invokedArn } = lambda.functions.resolve({ arn, ...(qualifier !== '$LATEST' && { qualifier }) });
  const onSuccess = DestinationConfig?.OnSuccess?.Destination;
  const onFailure = DestinationConfig?.OnFailure?.Destination;
  lambda.putAsyncSettings(invokedArn, {
    maxRetries: properties.MaximumRetryAttempts ?? 2,
    maxAgeMs: (properties.MaximumEventAgeInSeconds ?? 21_600) * 1000,
    ...(onSuccess !== undefined && { onSuccess }),
    ...(onFailure !== undefined && { onFailure }),
  });
  return { ref: resource.generatedName, attributes: {} };
};
