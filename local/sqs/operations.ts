import type { ServerResponse } from 'node:http';
import type * as z from 'zod';
import { type JsonOperation, parseInput } from '../aws/json-protocol.ts';
import type { Requester } from './access.ts';
import { CancelMessageMoveTask, ListMessageMoveTasks, type MoveTasks, StartMessageMoveTask } from './move-tasks.ts';
import * as queueOperations from './queue-operations.ts';
import type { Queue } from './queue-store.ts';
import { ReceiveMessage, receiveMessage } from './receive.ts';
import { SendMessage, SendMessageBatch, sendMessage, sendMessageBatch } from './send.ts';
import * as settle from './settle.ts';
import { invalidValue, missingParameter } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

interface OperationCall<Input> {
  readonly input: Input;
  readonly requester: Requester;
  readonly region: string;
  readonly response: ServerResponse;
}

const operation =
  <Input>(schema: z.ZodType<Input>, run: (call: OperationCall<Input>) => unknown): JsonOperation =>
  (body, request, response) =>
    run({
      input: parseInput(schema, body, (path, why) => inputError(body, path, why)),
      requester: { caller: request.caller, context: request.baseContext },
      region: request.region,
      response,
    });

const inputError = (body: unknown, path: string, why: string) => {
  const value = path.split('.').reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), body);
  return value === undefined ? missingParameter(path) : invalidValue(path, JSON.stringify(value), why);
};

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** All operations of SQS that the platform has, by their name in `X-Amz-Target`. */
export const sqsOperations = (parts: SqsParts, moveTasks: MoveTasks): ReadonlyMap<string, JsonOperation> => {
  const onQueue = <Input extends { QueueUrl: string }>(
    schema: z.ZodType<Input>,
    run: (call: OperationCall<Input> & { queue: Queue }) => unknown,
  ): JsonOperation =>
    operation(schema, (call) =>
      run({ ...call, queue: queueOperations.queueOfUrl(parts, call.input.QueueUrl, call.region) }),
    );

  return new Map<string, JsonOperation>([
    ['SendMessage', onQueue(SendMessage, ({ requester, queue, input }) => sendMessage(parts, requester, queue, input))],
    [
      'SendMessageBatch',
      onQueue(SendMessageBatch, ({ requester, queue, input }) => sendMessageBatch(parts, requester, queue, input)),
    ],
    [
      'ReceiveMessage',
      onQueue(ReceiveMessage, ({ requester, queue, input, response }) =>
        receiveMessage(parts, requester, queue, { input, signal: goneSignal(response) }),
      ),
    ],
    [
      'DeleteMessage',
      onQueue(settle.DeleteMessage, ({ requester, queue, input }) =>
        settle.deleteMessages(parts, requester, queue, [input.ReceiptHandle]),
      ),
    ],
    [
      'DeleteMessageBatch',
      onQueue(settle.DeleteMessageBatch, ({ requester, queue, input }) =>
        settle.deleteMessageBatch(parts, requester, queue, input.Entries),
      ),
    ],
    [
      'ChangeMessageVisibility',
      onQueue(settle.ChangeMessageVisibility, ({ requester, queue, input }) =>
        settle.changeVisibility(parts, requester, queue, {
          handle: input.ReceiptHandle,
          seconds: input.VisibilityTimeout,
        }),
      ),
    ],
    [
      'ChangeMessageVisibilityBatch',
      onQueue(settle.ChangeMessageVisibilityBatch, ({ requester, queue, input }) =>
        settle.changeVisibilityBatch(parts, requester, queue, input.Entries),
      ),
    ],
    ...queueManagement(parts, onQueue),
    ...moving(parts, moveTasks, onQueue),
  ]);
};

type OnQueue = <Input extends { QueueUrl: string }>(
  schema: z.ZodType<Input>,
  run: (call: OperationCall<Input> & { queue: Queue }) => unknown,
) => JsonOperation;

const queueManagement = (parts: SqsParts, onQueue: OnQueue): [string, JsonOperation][] => {
  const q = queueOperations;
  return [
    [
      'CreateQueue',
      operation(q.CreateQueue, ({ requester, region, input }) => q.createQueue(parts, requester, region, input)),
    ],
    ['DeleteQueue', onQueue(q.OfQueue, ({ requester, queue }) => q.deleteQueue(parts, requester, queue))],
    [
      'GetQueueUrl',
      operation(q.GetQueueUrl, ({ requester, region, input }) => q.getQueueUrl(parts, requester, region, input)),
    ],
    [
      'ListQueues',
      operation(q.ListQueues, ({ requester, region, input }) => q.listQueues(parts, requester, region, input)),
    ],
    [
      'GetQueueAttributes',
      onQueue(q.GetQueueAttributes, ({ requester, queue, input }) =>
        q.getQueueAttributes(parts, requester, queue, input.AttributeNames ?? []),
      ),
    ],
    [
      'SetQueueAttributes',
      onQueue(q.SetQueueAttributes, ({ requester, queue, input }) =>
        q.setQueueAttributes(parts, requester, queue, input.Attributes),
      ),
    ],
    ['TagQueue', onQueue(q.TagQueue, ({ requester, queue, input }) => q.tagQueue(parts, requester, queue, input.Tags))],
    [
      'UntagQueue',
      onQueue(q.UntagQueue, ({ requester, queue, input }) => q.untagQueue(parts, requester, queue, input.TagKeys)),
    ],
    ['ListQueueTags', onQueue(q.OfQueue, ({ requester, queue }) => q.listQueueTags(parts, requester, queue))],
    ['PurgeQueue', onQueue(q.OfQueue, ({ requester, queue }) => q.purgeQueue(parts, requester, queue))],
  ];
};

const moving = (parts: SqsParts, tasks: MoveTasks, onQueue: OnQueue): [string, JsonOperation][] => [
  [
    'ListDeadLetterSourceQueues',
    onQueue(queueOperations.ListSources, ({ requester, queue, input }) =>
      queueOperations.listDeadLetterSources(parts, requester, queue, input),
    ),
  ],
  [
    'StartMessageMoveTask',
    operation(StartMessageMoveTask, ({ requester, region, input }) => tasks.start(requester, region, input)),
  ],
  [
    'ListMessageMoveTasks',
    operation(ListMessageMoveTasks, ({ requester, region, input }) => tasks.list(requester, region, input)),
  ],
  ['CancelMessageMoveTask', operation(CancelMessageMoveTask, ({ requester, input }) => tasks.cancel(requester, input))],
];

/** Aborts when the client has gone, so that no message is received into nothing. */
const goneSignal = (response: ServerResponse): AbortSignal => {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  return gone.signal;
};
