import type { Caller } from '../aws/caller.ts';
import { callerContext, type ServiceSource, serviceCaller, serviceContext } from '../aws/caller-context.ts';
import { jsonService } from '../aws/json-protocol.ts';
import type { AwsService } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import type { UseKey } from '../kms/use-key.ts';
import { createQueueAccess, type Requester } from './access.ts';
import type { MessageAttributes } from './message-attributes.ts';
import { MoveTasks } from './move-tasks.ts';
import { sqsOperations } from './operations.ts';
import { serveQuery } from './query-service.ts';
import { createQueueEngine, type QueueEngine } from './queue-engine.ts';
import type { Queue } from './queue-store.ts';
import { type ReceivedMessage, receiveNow } from './receive.ts';
import { sendMessage } from './send.ts';
import { changeVisibility, deleteMessages } from './settle.ts';
import { jsonErrorType, queryErrorCode, queueDoesNotExist } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';
import type { QueueListener } from './wakeups.ts';

export interface SqsDeps extends ServiceDeps {
  readonly useKey: UseKey;
  /** The one endpoint's URL without a slash at its end. */
  readonly endpoint: () => string;
}

/** SQS in the platform: the wire protocol, and the same operations for services of the same process. */
export interface Sqs extends AwsService {
  readonly parts: SqsParts;
  /** Sends for another service, such as a bucket's notification; throws AccessDenied where the queue's policy refuses. */
  deliver(queueArn: string, body: string, source: ServiceSource): string;
  /** Sends with the caller's rights on the queue and its key. */
  send(queueArn: string, message: { body: string; attributes?: MessageAttributes; caller: Caller }): string;
  /** Receives what is visible now, with the caller's rights on the queue and its key. */
  receive(queueArn: string, options: { caller: Caller; max: number; visibilityMs?: number }): ReceivedMessage[];
  /** Deletes by the handles of the latest receives, all in one transaction. */
  remove(queueArn: string, receiptHandles: readonly string[], caller: Caller): void;
  changeVisibility(queueArn: string, change: { receiptHandle: string; seconds: number; caller: Caller }): void;
  /** Shows messages again that somebody received before this instant and who is known to have ended. */
  release(queueArn: string, receivedBeforeMs: number): void;
  /** Calls the listener now and whenever the queue may have a visible message; the answer stops it. */
  onMessage(queueArn: string, listener: QueueListener): () => void;
  /** Messages in the queue: to be received now, in flight, and delayed. */
  depth(queueArn: string): { visible: number; inFlight: number; delayed: number };
  /** 0 for an empty queue. */
  oldestMessageAgeSeconds(queueArn: string): number;
  /** Queues with their ARNs and names, for metrics and status. */
  queues(): readonly Queue[];
  /** To be called after each move of the platform's clock. */
  clockMoved(): void;
  close(): void;
}

/** Makes the queue service; its state lies in the tables `sqs_…`. */
export const createSqs = (deps: SqsDeps): Sqs => {
  const engine = createQueueEngine(deps);
  const access = createQueueAccess(deps.authorize, deps.useKey);
  const parts: SqsParts = { engine, access, clock: deps.clock, accountId: deps.accountId, endpoint: deps.endpoint };
  const moveTasks = new MoveTasks(deps.db, parts, deps.newId);
  const asCaller = (caller: Caller): Requester => ({ caller, context: callerContext(caller, deps.clock.now()) });
  const operations = sqsOperations(parts, moveTasks);
  const onUnexpected = (error: unknown, operation: string) => deps.log(`sqs ${operation} failed: ${String(error)}`);
  const service = jsonService({
    signingName: 'sqs',
    version: '1.0',
    targetPrefix: 'AmazonSQS',
    operations,
    maxBodyBytes: 4_194_304,
    errorType: jsonErrorType,
    errorHeaders: ({ code }) => ({ 'x-amzn-query-error': `${queryErrorCode(code)};Sender` }),
    onUnexpected,
  });
  return {
    ...service,
    handle: (request, response) =>
      request.http.headers['x-amz-target'] === undefined
        ? serveQuery({ operations, onUnexpected }, request, response)
        : service.handle(request, response),
    parts,
    ...inProcess(parts, asCaller),
    deliver(queueArn, body, source) {
      const requester = { caller: serviceCaller(source), context: serviceContext(source, deps.clock.now()) };
      return sendMessage(parts, requester, existing(engine, queueArn), { MessageBody: body }).MessageId;
    },
    close() {
      moveTasks.close();
      engine.wakeups.close();
    },
  };
};

const inProcess = (parts: SqsParts, asCaller: (caller: Caller) => Requester) => {
  const { engine, clock } = parts;
  return {
    send(queueArn: string, message: { body: string; attributes?: MessageAttributes; caller: Caller }) {
      const { body, attributes: MessageAttributes = {}, caller } = message;
      const queue = existing(engine, queueArn);
      return sendMessage(parts, asCaller(caller), queue, { MessageBody: body, MessageAttributes }).MessageId;
    },
    receive: (queueArn: string, { caller, ...options }: { caller: Caller; max: number; visibilityMs?: number }) =>
      receiveNow(parts, asCaller(caller), existing(engine, queueArn), options),
    remove: (queueArn: string, receiptHandles: readonly string[], caller: Caller) =>
      deleteMessages(parts, asCaller(caller), existing(engine, queueArn), receiptHandles),
    changeVisibility(queueArn: string, change: { receiptHandle: string; seconds: number; caller: Caller }) {
      const { receiptHandle: handle, seconds, caller } = change;
      changeVisibility(parts, asCaller(caller), existing(engine, queueArn), { handle, seconds });
    },
    release(queueArn: string, receivedBeforeMs: number) {
      engine.messages.release(existing(engine, queueArn).rowId, clock.now(), receivedBeforeMs);
      engine.wakeups.wake(queueArn);
    },
    onMessage: (queueArn: string, listener: QueueListener) => engine.wakeups.listen(queueArn, listener),
    depth(queueArn: string) {
      const queue = existing(engine, queueArn);
      engine.expire(queue);
      return engine.messages.counts(queue.rowId, clock.now());
    },
    oldestMessageAgeSeconds(queueArn: string) {
      const queue = existing(engine, queueArn);
      engine.expire(queue);
      const arrivedMs = engine.messages.oldestArrivalMs(queue.rowId);
      return arrivedMs === undefined ? 0 : Math.max(0, Math.floor((clock.now() - arrivedMs) / 1000));
    },
    queues: () => engine.queues.all(),
    clockMoved: () => engine.wakeups.wakeAll(),
  };
};

const existing = ({ queues }: QueueEngine, arn: string): Queue => {
  const queue = queues.find(arn);
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
};
