import {
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import type { RunningPlatform } from './running-platform.ts';
import type { QueueName } from './settling.ts';
import { queueOf } from './settling.ts';

/** An administrator's hand on the queues. */
export interface QueueClient extends Disposable {
  /** Answers the message's id. */
  send(queue: QueueName, body: string, delaySeconds?: number): Promise<string>;
  /** What lies in a queue that nobody consumes, by id; the messages stay. */
  messages(queue: QueueName): Promise<ReadonlyMap<string, string>>;
  /** Sends dead letters back to where they came from; resolves once all are moved. */
  redrive(deadLetters: QueueName): Promise<void>;
}

export const queueClient = (running: RunningPlatform): QueueClient => {
  const { endpoint, admin, regions, queues } = running.state;
  const sqs = new SQSClient({ endpoint, credentials: admin, region: regions[0] ?? '' });
  return {
    async send(queue, body, delaySeconds = 0) {
      const message = { QueueUrl: queues[queue] ?? '', MessageBody: body, DelaySeconds: delaySeconds };
      return (await sqs.send(new SendMessageCommand(message))).MessageId ?? '';
    },
    async messages(queue) {
      const found = new Map<string, string>();
      for (;;) {
        // Hidden for a moment of the platform's clock, which stands still for the test.
        const request = { QueueUrl: queues[queue] ?? '', MaxNumberOfMessages: 10, VisibilityTimeout: 600 };
        const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ ...request, WaitTimeSeconds: 0 }));
        if (Messages.length === 0) break;
        for (const { MessageId = '', Body = '' } of Messages) found.set(MessageId, Body);
      }
      await running.platform.travelTo(running.platform.clock.now() + 600_001);
      return found;
    },
    async redrive(deadLetters) {
      const SourceArn = queueOf(running, deadLetters).arn;
      await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
      for (;;) {
        const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn }));
        if (Results[0]?.Status !== 'RUNNING') return;
      }
    },
    [Symbol.dispose]: () => sqs.destroy(),
  };
};
