import * as z from 'zod';

/** One message of a batch that SQS handed over. */
export interface QueueMessage {
  readonly id: string;
  readonly body: string;
  /** Milliseconds since the epoch at which it was put into the queue. */
  readonly sentAt: number | undefined;
}

/** What the function answers: these messages come again, the others are done. */
export interface BatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

const QueueEvent = z.object({
  Records: z
    .array(
      z.object({
        messageId: z.string().min(1),
        body: z.string(),
        attributes: z.object({ SentTimestamp: z.string().optional() }).optional(),
      }),
    )
    .min(1),
});

/** Takes the event of a queue apart. Throws where it is none, so that the whole batch comes again. */
export const queueMessages = (event: unknown): readonly QueueMessage[] => {
  const parsed = QueueEvent.safeParse(event);
  if (!parsed.success) throw new Error('The function was not called with a batch of queue messages.');
  return parsed.data.Records.map(({ messageId, body, attributes }) => {
    const sentAt = Number(attributes?.SentTimestamp ?? Number.NaN);
    return { id: messageId, body, sentAt: Number.isFinite(sentAt) ? sentAt : undefined };
  });
};

/** Names the messages that have to come again. */
export const batchResponse = (failed: Iterable<string>): BatchResponse => ({
  batchItemFailures: [...new Set(failed)].map((itemIdentifier) => ({ itemIdentifier })),
});
