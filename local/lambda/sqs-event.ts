import type { MessageAttribute } from '../sqs/message-attributes.ts';
import type { ReceivedMessage } from '../sqs/receive.ts';

/** The event that Lambda makes of a batch of messages. */
export const sqsEvent = (messages: readonly ReceivedMessage[], queueArn: string): object => ({
  Records: messages.map((message) => ({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: message.attributes,
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, attribute]) => [name, eventAttribute(attribute)]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3],
  })),
});

const eventAttribute = ({ DataType, StringValue, BinaryValue }: MessageAttribute): object => ({
  ...(StringValue !== undefined && { stringValue: StringValue }),
  ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
  stringListValues: [],
  binaryListValues: [],
  dataType: DataType,
});
