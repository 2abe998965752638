import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { accountId, type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

/** A small platform with a client of its queues, and the calls that every test of them makes. */
export interface QueueWorld {
  readonly platform: Platform;
  readonly sqs: SQSClient;
  readonly queue: (
    attributes?: Record<string, string>,
  ) => Promise<{ QueueUrl: string; QueueName: string; arn: string }>;
  readonly send: (
    QueueUrl: string,
    MessageBody: string,
    more?: object,
  ) => Promise<{
    readonly MessageId?: string | undefined;
    readonly MD5OfMessageBody?: string | undefined;
    readonly MD5OfMessageAttributes?: string | undefined;
  }>;
  readonly receive: (QueueUrl: string, more?: object) => Promise<Message[]>;
  readonly attributes: (QueueUrl: string) => Promise<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** Starts the platform; `stop` ends it and its client. */
export const startQueueWorld = async (): Promise<QueueWorld> => {
  const platform = await startPlatform();
  const sqs = new SQSClient(platform.clientOptions);
  let names = 0;
  return {
    platform,
    sqs,
    queue: async (Attributes = {}) => {
      names += 1;
      const QueueName = `queue-${names}`;
      const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
      return { QueueUrl, QueueName, arn: `arn:aws:sqs:${region}:${accountId}:${QueueName}` };
    },
    send: (QueueUrl, MessageBody, more) => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    receive: async (QueueUrl, more) => {
      const options = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
      return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...options }))).Messages ?? [];
    },
    attributes: async (QueueUrl) =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {},
    stop: () => {
      sqs.destroy();
      return platform.stop();
    },
  };
};

/** The name of the error that the work ends with. */
export const refusal = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => undefined,
    (error) => error.name,
  );
