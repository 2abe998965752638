import * as z from 'zod';
import type { Requester } from './access.ts';
import type { QueueAttributes } from './queue-attributes.ts';
import { queueSettings, withAttributes } from './queue-attributes.ts';
import { type Queue, queueArn, refuseRedriveTarget } from './queue-store.ts';
import { queueDoesNotExist, sqsError } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

export const CreateQueue = z.object({
  QueueName: z.string(),
  Attributes: z.record(z.string(), z.string()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
});
export const GetQueueUrl = z.object({ QueueName: z.string(), QueueOwnerAWSAccountId: z.string().optional() });
export const ListQueues = z.object({
  QueueNamePrefix: z.string().optional(),
  MaxResults: z.number().int().min(1).max(1000).optional(),
  NextToken: z.string().optional(),
});
export const OfQueue = z.object({ QueueUrl: z.string() });
export const GetQueueAttributes = z.object({ QueueUrl: z.string(), AttributeNames: z.array(z.string()).optional() });
export const SetQueueAttributes = z.object({ QueueUrl: z.string(), Attributes: z.record(z.string(), z.string()) });
export const TagQueue = z.object({ QueueUrl: z.string(), Tags: z.record(z.string(), z.string()) });
export const UntagQueue = z.object({ QueueUrl: z.string(), TagKeys: z.array(z.string()) });
export const ListSources = OfQueue.extend({
  MaxResults: z.number().int().min(1).max(1000).optional(),
  NextToken: z.string().optional(),
});

/** `{endpoint}/{account}/{name}`; the region is the one of the request's signature. */
export const queueUrl = ({ endpoint }: SqsParts, queue: { accountId: string; name: string }): string =>
  `${endpoint()}/${queue.accountId}/${queue.name}`;

/** Finds the queue that a URL names, whatever host and port it was made with. */
export const queueOfUrl = ({ engine }: SqsParts, url: string, region: string): Queue => {
  const [, accountId = '', name = ''] = /\/([^/]+)\/([^/]+)\/?$/.exec(url) ?? [];
  const queue = engine.queues.find(queueArn({ name, region, accountId }));
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
};

export const createQueue = (
  parts: SqsParts,
  requester: Requester,
  region: string,
  input: z.output<typeof CreateQueue>,
) => {
  const { engine, access, accountId } = parts;
  const address = { name: input.QueueName, region, accountId };
  const attributes = input.Attributes ?? {};
  const settings = queueSettings(withAttributes({}, attributes));
  access.check(requester, 'CreateQueue', { ...nothingYet, ...address, arn: queueArn(address), settings });
  const existing = engine.queues.find(queueArn(address));
  if (existing === undefined) {
    refuseRedriveTarget(engine.queues, address, settings);
    engine.queues.create(address, attributes, input.tags ?? {});
  } else if (Object.entries(attributes).some(([name, value]) => existing.attributes[name] !== value)) {
    throw sqsError('QueueNameExists', `A queue named ${input.QueueName} already exists with other attributes.`);
  }
  return { QueueUrl: queueUrl(parts, address) };
};

const nothingYet = { rowId: 0, attributes: {}, tags: {}, createdMs: 0, modifiedMs: 0 };

export const deleteQueue = ({ engine, access }: SqsParts, requester: Requester, queue: Queue): void => {
  access.check(requester, 'DeleteQueue', queue);
  engine.queues.remove(queue);
};

export const getQueueUrl = (
  parts: SqsParts,
  requester: Requester,
  region: string,
  input: z.output<typeof GetQueueUrl>,
) => {
  const accountId = input.QueueOwnerAWSAccountId ?? parts.accountId;
  const queue = parts.engine.queues.find(queueArn({ name: input.QueueName, region, accountId }));
  if (queue === undefined) throw queueDoesNotExist();
  parts.access.check(requester, 'GetQueueUrl', queue);
  return { QueueUrl: queueUrl(parts, queue) };
};

export const listQueues = (
  parts: SqsParts,
  requester: Requester,
  region: string,
  input: z.output<typeof ListQueues>,
) => {
  const { engine, access, accountId } = parts;
  const anyQueue = { name: '*', region, accountId };
  access.check(requester, 'ListQueues', {
    ...nothingYet,
    ...anyQueue,
    arn: queueArn(anyQueue),
    settings: queueSettings(withAttributes({}, {})),
  });
  const queues = engine.queues
    .all()
    .filter((queue) => queue.region === region && queue.name.startsWith(input.QueueNamePrefix ?? ''))
    .filter((queue) => input.NextToken === undefined || queue.name > input.NextToken)
    .sort(byName);
  return paged(parts, queues, { key: 'QueueUrls', maxResults: input.MaxResults });
};

export const listDeadLetterSources = (
  parts: SqsParts,
  requester: Requester,
  queue: Queue,
  input: z.output<typeof ListSources>,
) => {
  parts.access.check(requester, 'ListDeadLetterSourceQueues', queue);
  const sources = sourcesOf(parts, queue)
    .filter(({ name }) => input.NextToken === undefined || name > input.NextToken)
    .sort(byName);
  return paged(parts, sources, { key: 'queueUrls', maxResults: input.MaxResults });
};

/** The queues whose dead letters go to this one. */
export const sourcesOf = ({ engine }: SqsParts, queue: Queue): Queue[] =>
  engine.queues.all().filter(({ settings }) => settings.redrive?.deadLetterTargetArn === queue.arn);

const byName = (a: Queue, b: Queue): number => (a.name < b.name ? -1 : 1);

const paged = (
  parts: SqsParts,
  queues: readonly Queue[],
  { key, maxResults }: { key: string; maxResults: number | undefined },
) => {
  const page = queues.slice(0, maxResults ?? 1000);
  const more = maxResults !== undefined && queues.length > page.length;
  return { [key]: page.map((queue) => queueUrl(parts, queue)), ...(more && { NextToken: page.at(-1)?.name }) };
};

/** Counts and times that SQS computes, beside what was set. */
const computedAttributes = ({ engine, clock }: SqsParts, queue: Queue): QueueAttributes => {
  engine.expire(queue);
  const { visible, inFlight, delayed } = engine.messages.counts(queue.rowId, clock.now());
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(visible),
    ApproximateNumberOfMessagesNotVisible: String(inFlight),
    ApproximateNumberOfMessagesDelayed: String(delayed),
    CreatedTimestamp: String(Math.floor(queue.createdMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.modifiedMs / 1000)),
  };
};

export const getQueueAttributes = (parts: SqsParts, requester: Requester, queue: Queue, names: readonly string[]) => {
  parts.access.check(requester, 'GetQueueAttributes', queue);
  const everything = { ...queue.attributes, ...computedAttributes(parts, queue) };
  const unknown = names.find((name) => name !== 'All' && !knownAttributes.has(name));
  if (unknown !== undefined) throw sqsError('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  const chosen = Object.entries(everything).filter(([name]) => names.includes('All') || names.includes(name));
  return chosen.length === 0 ? {} : { Attributes: Object.fromEntries(chosen) };
};

const knownAttributes = new Set([
  'Policy',
  'VisibilityTimeout',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'RedrivePolicy',
  'RedriveAllowPolicy',
  'KmsMasterKeyId',
  'KmsDataKeyReusePeriodSeconds',
  'SqsManagedSseEnabled',
  'FifoQueue',
  'ContentBasedDeduplication',
]);

export const setQueueAttributes = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  changes: QueueAttributes,
): void => {
  access.check(requester, 'SetQueueAttributes', queue);
  const attributes = withAttributes(queue.attributes, changes);
  refuseRedriveTarget(engine.queues, queue, queueSettings(attributes));
  engine.queues.update(queue, { attributes });
};

export const tagQueue = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  tags: Readonly<Record<string, string>>,
): void => {
  access.check(requester, 'TagQueue', queue);
  engine.queues.update(queue, { tags: { ...queue.tags, ...tags } });
};

export const untagQueue = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  names: readonly string[],
): void => {
  access.check(requester, 'UntagQueue', queue);
  const tags = Object.entries(queue.tags).filter(([name]) => !names.includes(name));
  engine.queues.update(queue, { tags: Object.fromEntries(tags) });
};

export const listQueueTags = ({ access }: SqsParts, requester: Requester, queue: Queue) => {
  access.check(requester, 'ListQueueTags', queue);
  return Object.keys(queue.tags).length === 0 ? {} : { Tags: queue.tags };
};

export const purgeQueue = ({ engine, access }: SqsParts, requester: Requester, queue: Queue): void => {
  access.check(requester, 'PurgeQueue', queue);
  engine.messages.purge(queue.rowId);
};
