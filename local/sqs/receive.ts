import * as z from 'zod';
import type { Requester } from './access.ts';
import { type MessageAttributes, md5Hex, md5OfAttributes, selectAttributes } from './message-attributes.ts';
import type { TakenMessage } from './queue-engine.ts';
import type { Queue } from './queue-store.ts';
import { invalidValue, queueDoesNotExist } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

export const ReceiveMessage = z.object({
  QueueUrl: z.string(),
  MaxNumberOfMessages: z.number().int().optional(),
  VisibilityTimeout: z.number().int().optional(),
  WaitTimeSeconds: z.number().int().optional(),
  AttributeNames: z.array(z.string()).optional(),
  MessageSystemAttributeNames: z.array(z.string()).optional(),
  MessageAttributeNames: z.array(z.string()).optional(),
  ReceiveRequestAttemptId: z.string().optional(),
});
type ReceiveInput = z.output<typeof ReceiveMessage>;

/** One received message with everything that a consumer can ask for. */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: MessageAttributes;
}

/** Receives at once what is visible, after checking the rights on the queue and on its key. */
export const receiveNow = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  options: { max: number; visibilityMs?: number },
): ReceivedMessage[] => {
  access.check(requester, 'ReceiveMessage', queue);
  access.checkKey(requester, 'kms:Decrypt', queue);
  return engine.take(queue, options).map(describe);
};

/** Receives as the API does: waits up to `WaitTimeSeconds` while the queue is empty and the client is still there. */
export const receiveMessage = async (
  parts: SqsParts,
  requester: Requester,
  queue: Queue,
  { input, signal }: { input: ReceiveInput; signal: AbortSignal },
): Promise<object> => {
  const max = within('MaxNumberOfMessages', input.MaxNumberOfMessages ?? 1, [1, 10]);
  const visibility = input.VisibilityTimeout;
  const options = {
    max,
    ...(visibility !== undefined && { visibilityMs: within('VisibilityTimeout', visibility, [0, 43_200]) * 1000 }),
  };
  const defaultWait = queue.settings.receiveWaitMs / 1000;
  const waitMs = within('WaitTimeSeconds', input.WaitTimeSeconds ?? defaultWait, [0, 20]) * 1000;
  const attempt = () => receiveNow(parts, requester, existing(parts, queue), options);
  const messages = await waitFor(parts, queue, { waitMs, signal, attempt });
  return messages.length === 0 ? {} : { Messages: messages.map((message) => toWire(message, input)) };
};

/** The queue may be changed or deleted while somebody waits for it. */
const existing = ({ engine }: SqsParts, { arn }: Queue): Queue => {
  const queue = engine.queues.find(arn);
  if (queue === undefined) throw queueDoesNotExist();
  return queue;
};

const within = (name: string, value: number, [least, most]: readonly [number, number]): number => {
  if (value >= least && value <= most) return value;
  throw invalidValue(name, value, `Must be between ${least} and ${most}, if provided.`);
};

interface Waiting {
  readonly waitMs: number;
  readonly signal: AbortSignal;
  readonly attempt: () => ReceivedMessage[];
}

const waitFor = (
  { engine }: SqsParts,
  queue: Queue,
  { waitMs, signal, attempt }: Waiting,
): Promise<ReceivedMessage[]> => {
  const first = attempt();
  if (first.length > 0 || waitMs === 0) return Promise.resolve(first);
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      stop();
      signal.removeEventListener('abort', giveUp);
      settle();
    };
    const giveUp = () => finish(() => resolve([]));
    const timer = setTimeout(giveUp, waitMs);
    const stop = engine.wakeups.listen(queue.arn, () => {
      try {
        const messages = signal.aborted ? [] : attempt();
        if (messages.length > 0) finish(() => resolve(messages));
      } catch (error) {
        finish(() => reject(error));
      }
    });
    signal.addEventListener('abort', giveUp, { once: true });
  });
};

const describe = ({ row, receiptHandle }: TakenMessage): ReceivedMessage => ({
  messageId: row.id,
  receiptHandle,
  body: row.body,
  md5OfBody: md5Hex(row.body),
  attributes: {
    ApproximateReceiveCount: String(row.receives),
    SentTimestamp: String(row.sent_ms),
    SenderId: row.sender,
    ApproximateFirstReceiveTimestamp: String(row.first_receive_ms ?? row.received_ms ?? 0),
    ...(row.trace !== null && { AWSTraceHeader: row.trace }),
    ...(row.source_arn !== null && { DeadLetterQueueSourceArn: row.source_arn }),
  },
  messageAttributes: row.attributes === null ? {} : JSON.parse(row.attributes),
});

const toWire = (message: ReceivedMessage, input: ReceiveInput): object => {
  const names = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])];
  const all = names.includes('All');
  const system = Object.entries(message.attributes).filter(([name]) => all || names.includes(name));
  const attributes = selectAttributes(message.messageAttributes, input.MessageAttributeNames ?? []);
  return {
    MessageId: message.messageId,
    ReceiptHandle: message.receiptHandle,
    MD5OfBody: message.md5OfBody,
    Body: message.body,
    ...(system.length > 0 && { Attributes: Object.fromEntries(system) }),
    ...(Object.keys(attributes).length > 0 && {
      MessageAttributes: attributes,
      MD5OfMessageAttributes: md5OfAttributes(attributes),
    }),
  };
};
