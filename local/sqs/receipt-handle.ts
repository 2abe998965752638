import type { MessageRow } from './message-store.ts';
import type { Queue } from './queue-store.ts';
import { sqsError } from './sqs-error.ts';

/** A handle names queue, message and the one receive that it stands for; clients must not read it. */
export const receiptHandle = (queue: Queue, { seq, receipt }: MessageRow): string =>
  Buffer.from(`${queue.rowId}:${seq}:${receipt}`).toString('base64url');

/** Takes a handle apart; a handle of another queue or of nobody is `ReceiptHandleIsInvalid`. */
export const parseReceiptHandle = (queue: Queue, handle: string): { seq: number; receipt: string } => {
  const match = /^(\d+):(\d+):([\w-]{16})$/.exec(Buffer.from(handle, 'base64url').toString('latin1'));
  if (match?.[1] !== String(queue.rowId) || match[2] === undefined || match[3] === undefined) {
    throw sqsError('ReceiptHandleIsInvalid', 'The input receipt handle is not one of this queue.');
  }
  return { seq: Number(match[2]), receipt: match[3] };
};
