import * as z from 'zod';
import type { Requester } from './access.ts';
import { runBatch } from './batch.ts';
import {
  attributesBytes,
  checkMessageAttributes,
  md5Hex,
  md5OfAttributes,
  messageAttributes,
} from './message-attributes.ts';
import { fifoRefused } from './queue-attributes.ts';
import type { Queue } from './queue-store.ts';
import { invalidValue, missingParameter, sqsError } from './sqs-error.ts';
import type { SqsParts } from './sqs-parts.ts';

const message = {
  MessageBody: z.string(),
  DelaySeconds: z.number().int().optional(),
  MessageAttributes: messageAttributes.optional(),
  MessageSystemAttributes: messageAttributes.optional(),
  MessageGroupId: z.string().optional(),
  MessageDeduplicationId: z.string().optional(),
};
const Message = z.object(message);

export const SendMessage = z.object({ QueueUrl: z.string(), ...message });
export const SendMessageBatch = z.object({
  QueueUrl: z.string(),
  Entries: z.array(z.object({ Id: z.string(), ...message })),
});

/** What clients compare with what they sent. */
export interface SentMessage {
  readonly MessageId: string;
  readonly MD5OfMessageBody: string;
  readonly MD5OfMessageAttributes?: string;
  readonly MD5OfMessageSystemAttributes?: string;
}

/** Sends one message after checking the rights of the sender on the queue and on its key. */
export const sendMessage = (
  parts: SqsParts,
  requester: Requester,
  queue: Queue,
  input: z.output<typeof Message>,
): SentMessage => {
  authorizeSend(parts, requester, queue);
  return enqueue(parts, requester, queue, input);
};

export const sendMessageBatch = (
  parts: SqsParts,
  requester: Requester,
  queue: Queue,
  input: z.output<typeof SendMessageBatch>,
) => {
  authorizeSend(parts, requester, queue);
  const total = input.Entries.reduce((sum, entry) => sum + messageBytes(entry), 0);
  if (total > maxBatchBytes) {
    throw sqsError(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maxBatchBytes} bytes. You have sent ${total} bytes.`,
    );
  }
  return runBatch(input.Entries, (entry) => enqueue(parts, requester, queue, entry));
};

const maxBatchBytes = 1_048_576;

const authorizeSend = ({ access }: SqsParts, requester: Requester, queue: Queue): void => {
  access.check(requester, 'SendMessage', queue);
  access.checkKey(requester, 'kms:GenerateDataKey', queue);
};

const enqueue = (
  { engine }: SqsParts,
  requester: Requester,
  queue: Queue,
  input: z.output<typeof Message>,
): SentMessage => {
  if (input.MessageDeduplicationId !== undefined || input.MessageGroupId !== undefined) throw fifoRefused();
  const attributes = input.MessageAttributes ?? {};
  checkBody(queue, input);
  checkMessageAttributes(attributes);
  const delaySeconds = input.DelaySeconds;
  if (delaySeconds !== undefined && (delaySeconds < 0 || delaySeconds > 900)) {
    throw invalidValue('DelaySeconds', delaySeconds, 'DelaySeconds must be >= 0 and <= 900.');
  }
  const id = engine.send(queue, {
    body: input.MessageBody,
    attributes: Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes),
    trace: traceHeader(input.MessageSystemAttributes ?? {}),
    sender: requester.caller.service ?? requester.caller.arn,
    ...(delaySeconds !== undefined && { delayMs: delaySeconds * 1000 }),
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5Hex(input.MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(input.MessageSystemAttributes ?? {}),
  };
};

const messageBytes = (input: z.output<typeof Message>): number =>
  Buffer.byteLength(input.MessageBody) + attributesBytes(input.MessageAttributes ?? {});

const checkBody = (queue: Queue, input: z.output<typeof Message>): void => {
  if (input.MessageBody === '') throw missingParameter('MessageBody');
  if (outsideXml.test(input.MessageBody)) {
    throw sqsError('InvalidMessageContents', 'The message contains characters outside the allowed set.');
  }
  const { maximumMessageBytes } = queue.settings;
  if (messageBytes(input) > maximumMessageBytes) {
    throw invalidValue(
      'MessageBody',
      `of ${messageBytes(input)} bytes`,
      `Message must be shorter than ${maximumMessageBytes} bytes.`,
    );
  }
};

/** SQS takes the characters that XML 1.0 can carry: no control characters but tab, line feed and return, no lone surrogates. */
const outsideXml = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

const traceHeader = (attributes: z.output<typeof messageAttributes>): string | null => {
  const unknown = Object.keys(attributes).find((name) => name !== 'AWSTraceHeader');
  if (unknown !== undefined) throw invalidValue('MessageSystemAttributes', unknown, 'Allowed is AWSTraceHeader only.');
  return attributes['AWSTraceHeader']?.StringValue ?? null;
};
