import * as z from 'zod';
import { metricNames } from '../../core/metric-names.ts';
import type { Clock } from '../../core/time.ts';
import { errorFields, ReportableError } from './error-fields.ts';
import type { Log } from './logger.ts';
import type { Meter } from './metrics.ts';

const Batch = z.object({
  Records: z.array(
    z.object({
      messageId: z.string().min(1),
      receiptHandle: z.string(),
      body: z.string(),
      attributes: z.object({ ApproximateReceiveCount: z.string(), SentTimestamp: z.string() }),
      eventSourceARN: z.string(),
    }),
  ),
});

/** A message as the event source mapping hands it over. */
export type QueueMessage = z.infer<typeof Batch>['Records'][number];

/** Names the messages that stay in the queue; everything else is deleted from it. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface BatchPorts {
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
  /** Lets a failed message come back after this many seconds instead of the queue's visibility timeout. */
  readonly comeBack: (message: QueueMessage, seconds: number) => Promise<void>;
}

/** Seconds until a failed message is tried again, by how often it was received: 10, 60, 360, 2,160. */
export const retryDelaySeconds = (receiveCount: number): number => 10 * 6 ** Math.min(Math.max(receiveCount, 1) - 1, 3);

/**
 * Processes the messages of a batch side by side. Each one that fails is logged, named in the answer, and comes back
 * after a while; after the queue's last receive it ends in the dead-letter queue.
 */
export const processBatch = async (
  event: unknown,
  process: (message: QueueMessage) => Promise<void>,
  ports: BatchPorts,
): Promise<BatchAnswer> => {
  const batch = Batch.safeParse(event).data;
  if (batch === undefined) throw new ReportableError('The function was not called with a batch of queue messages.');
  ports.meter.milliseconds(
    metricNames.queueAge,
    Math.max(0, ...batch.Records.map((message) => ageMs(message, ports.clock))),
  );
  const failed = await Promise.all(batch.Records.map((message) => fails(message, process, ports)));
  const batchItemFailures = batch.Records.filter((_, index) => failed[index]).map(({ messageId }) => ({
    itemIdentifier: messageId,
  }));
  if (batchItemFailures.length > 0) ports.meter.count(metricNames.messagesFailed, batchItemFailures.length);
  return { batchItemFailures };
};

const ageMs = ({ attributes }: QueueMessage, clock: Clock): number => {
  const age = clock.now() - Number(attributes.SentTimestamp);
  return Number.isFinite(age) ? age : 0;
};

const fails = async (
  message: QueueMessage,
  process: (message: QueueMessage) => Promise<void>,
  ports: BatchPorts,
): Promise<boolean> => {
  try {
    await process(message);
    return false;
  } catch (error) {
    const receiveCount = Number(message.attributes.ApproximateReceiveCount);
    const seconds = retryDelaySeconds(Number.isInteger(receiveCount) ? receiveCount : 1);
    const { messageId } = message;
    ports.log.error('message failed', { messageId, receiveCount, retryInSeconds: seconds, ...errorFields(error) });
    await postpone(message, seconds, ports);
    return true;
  }
};

/** Without it the message still comes back, only later. */
const postpone = async (message: QueueMessage, seconds: number, { comeBack, log }: BatchPorts): Promise<void> => {
  try {
    await comeBack(message, seconds);
  } catch (error) {
    log.warn('message comes back at its visibility timeout', { messageId: message.messageId, ...errorFields(error) });
  }
};
