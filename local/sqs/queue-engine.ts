import { randomBytes } from 'node:crypto';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { transaction } from '../aws/transaction.ts';
import { createMessageStore, type MessageRow, type MessageStore } from './message-store.ts';
import { createQueueStore, type Queue, type QueueStore } from './queue-store.ts';
import { parseReceiptHandle, receiptHandle } from './receipt-handle.ts';
import { createSqsTables } from './schema.ts';
import { invalidValue, sqsError } from './sqs-error.ts';
import { createWakeups, type Wakeups } from './wakeups.ts';

export interface OutgoingMessage {
  readonly body: string;
  /** JSON of the message attributes, null where there are none. */
  readonly attributes: string | null;
  readonly trace: string | null;
  /** The access key's owner, as the system attribute SenderId tells it. */
  readonly sender: string;
  /** The queue's own delay where undefined. */
  readonly delayMs?: number;
}

export interface TakeOptions {
  readonly max: number;
  /** The queue's own visibility timeout where undefined. */
  readonly visibilityMs?: number;
}

export interface TakenMessage {
  readonly row: MessageRow;
  readonly receiptHandle: string;
}

/** What a queue does with messages, after rights have been checked. */
export interface QueueEngine {
  readonly queues: QueueStore;
  readonly messages: MessageStore;
  readonly wakeups: Wakeups;
  send(queue: Queue, message: OutgoingMessage): string;
  take(queue: Queue, options: TakeOptions): TakenMessage[];
  /** Deletes the message if this is the handle of its latest receive; an older handle changes nothing. */
  remove(queue: Queue, handle: string): void;
  /** The same for many, in one transaction. */
  removeAll(queue: Queue, handles: readonly string[]): void;
  changeVisibility(queue: Queue, handle: string, timeoutMs: number): void;
  /** Drops what is past its retention. */
  expire(queue: Queue): void;
}

/** More messages in flight than this and a receive is refused, as SQS does for standard queues. */
const maxInFlight = 120_000;
/** A message may be hidden for at most this long after its receive. */
const longestVisibilityMs = 43_200_000;

export const createQueueEngine = ({ db, clock, newId }: ServiceDeps): QueueEngine => {
  createSqsTables(db);
  const queues = createQueueStore(db, clock);
  const messages = createMessageStore(db);
  const wakeups = createWakeups(clock, (arn, afterMs) => {
    const queue = queues.find(arn);
    return queue && messages.nextVisibleMs(queue.rowId, afterMs);
  });
  const expire = (queue: Queue): void => messages.expire(queue.rowId, clock.now() - queue.settings.retentionMs);
  const deadLettersOf = (queue: Queue) => {
    const { redrive } = queue.settings;
    const target = redrive && queues.find(redrive.deadLetterTargetArn);
    if (redrive === undefined || target === undefined) return undefined;
    return {
      queue: target,
      rule: { queueRowId: target.rowId, sourceArn: queue.arn, maxReceiveCount: redrive.maxReceiveCount },
    };
  };

  const remove = (queue: Queue, handle: string): void => {
    const { seq, receipt } = parseReceiptHandle(queue, handle);
    messages.remove(queue.rowId, seq, receipt);
  };

  return {
    queues,
    messages,
    wakeups,
    expire,
    remove,
    removeAll: (queue, handles) =>
      transaction(db, () => {
        for (const handle of handles) remove(queue, handle);
      }),
    send(queue, { body, attributes, trace, sender, delayMs = queue.settings.delayMs }) {
      const id = newId();
      const now = clock.now();
      messages.insert(queue.rowId, { id, body, attributes, trace, sender }, { now, visibleMs: now + delayMs });
      if (delayMs === 0) wakeups.wake(queue.arn);
      else wakeups.wakeAt(queue.arn, now + delayMs);
      return id;
    },
    take(queue, { max, visibilityMs = queue.settings.visibilityTimeoutMs }) {
      expire(queue);
      const now = clock.now();
      if (!messages.hasVisible(queue.rowId, now)) return [];
      if (messages.inFlight(queue.rowId, now) >= maxInFlight) {
        throw sqsError(
          'OverLimit',
          `More than ${maxInFlight} messages of ${queue.name} are in flight; delete some first.`,
        );
      }
      const deadLetters = deadLettersOf(queue);
      const newReceipt = () => randomBytes(12).toString('base64url');
      const options = { max, now, visibilityMs, newReceipt, deadLetters: deadLetters?.rule };
      const { taken, buried } = transaction(db, () => messages.receive(queue.rowId, options));
      if (buried > 0 && deadLetters !== undefined) wakeups.wake(deadLetters.queue.arn);
      if (taken.length > 0) wakeups.wakeAt(queue.arn, now + visibilityMs);
      return taken.map((row) => ({ row, receiptHandle: receiptHandle(queue, row) }));
    },
    changeVisibility(queue, handle, timeoutMs) {
      const { seq, receipt } = parseReceiptHandle(queue, handle);
      const row = messages.find(queue.rowId, seq);
      const now = clock.now();
      if (row === undefined || row.receipt !== receipt) throw unknownReceipt(handle);
      if (row.visible_ms <= now) {
        throw sqsError(
          'MessageNotInflight',
          'The specified message is not in flight: its visibility timeout has passed.',
        );
      }
      if (now + timeoutMs - (row.received_ms ?? now) > longestVisibilityMs) throw visibilityTooLong(timeoutMs);
      messages.setVisible(seq, now + timeoutMs);
      if (timeoutMs === 0) wakeups.wake(queue.arn);
      else wakeups.wakeAt(queue.arn, now + timeoutMs);
    },
  };
};

const unknownReceipt = (handle: string) =>
  invalidValue('ReceiptHandle', handle, 'Message does not exist or is not available for visibility timeout change.');

const visibilityTooLong = (timeoutMs: number) =>
  invalidValue(
    'VisibilityTimeout',
    timeoutMs / 1000,
    'Total VisibilityTimeout for the message is beyond the limit [43200 seconds]',
  );
