import * as z from 'zod';
import type { Requester } from './access.ts';
import { runBatch } from './batch.ts';
import type { Queue } from './queue-store.ts';
import { invalidValue, missingParameter } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

export const DeleteMessage = z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() });
export const DeleteMessageBatch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })),
});
export const ChangeMessageVisibility = z.object({
  QueueUrl: z.string(),
  ReceiptHandle: z.string(),
  VisibilityTimeout: z.number().int(),
});
export const ChangeMessageVisibilityBatch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(
    z.object({ Id: z.string(), ReceiptHandle: z.string(), VisibilityTimeout: z.number().int().optional() }),
  ),
});

/** Deletes messages by the handles of their latest receives. */
export const deleteMessages = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  handles: readonly string[],
): void => {
  access.check(requester, 'DeleteMessage', queue);
  engine.removeAll(queue, handles);
};

export const deleteMessageBatch = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  entries: z.output<typeof DeleteMessageBatch>['Entries'],
) => {
  access.check(requester, 'DeleteMessage', queue);
  return runBatch(entries, ({ ReceiptHandle }) => {
    engine.remove(queue, ReceiptHandle);
    return {};
  });
};

/** Hides a message in flight for so many seconds from now; 0 shows it at once. */
export const changeVisibility = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  { handle, seconds }: { handle: string; seconds: number },
): void => {
  access.check(requester, 'ChangeMessageVisibility', queue);
  engine.changeVisibility(queue, handle, visibilityMs(seconds));
};

export const changeVisibilityBatch = (
  { engine, access }: SqsParts,
  requester: Requester,
  queue: Queue,
  entries: z.output<typeof ChangeMessageVisibilityBatch>['Entries'],
) => {
  access.check(requester, 'ChangeMessageVisibility', queue);
  return runBatch(entries, ({ ReceiptHandle, VisibilityTimeout }) => {
    if (VisibilityTimeout === undefined) throw missingParameter('VisibilityTimeout');
    engine.changeVisibility(queue, ReceiptHandle, visibilityMs(VisibilityTimeout));
    return {};
  });
};

const visibilityMs = (seconds: number): number => {
  if (seconds >= 0 && seconds <= 43_200) return seconds * 1000;
  throw invalidValue('VisibilityTimeout', seconds, 'Must be between 0 and 43200.');
};
