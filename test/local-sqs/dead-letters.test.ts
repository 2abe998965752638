import {
  CancelMessageMoveTaskCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { refusal, startQueueWorld } from './queue-world.ts';

const { platform, sqs, queue, send, receive, attributes, stop } = await startQueueWorld();
afterAll(() => stop());

describe('dead letters', () => {
  const pair = async (maxReceiveCount: number) => {
    const dead = await queue();
    const main = await queue({
      VisibilityTimeout: '10',
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount }),
    });
    return { dead, main };
  };
  const exhaust = async (QueueUrl: string, times: number) => {
    for (let n = 0; n <= times; n += 1) {
      await receive(QueueUrl);
      platform.moveClock(10_000);
    }
  };

  it('are moved after exactly maxReceiveCount receives and say where they come from', async () => {
    const { dead, main } = await pair(3);
    await send(main.QueueUrl, 'poison');

    const counts: (string | undefined)[] = [];
    for (let n = 0; n < 5; n += 1) {
      for (const { Attributes } of await receive(main.QueueUrl)) counts.push(Attributes?.ApproximateReceiveCount);
      platform.moveClock(10_000);
    }
    const [letter] = await receive(dead.QueueUrl);

    expect(counts).toEqual(['1', '2', '3']);
    expect(letter?.Attributes).toMatchObject({ DeadLetterQueueSourceArn: main.arn, ApproximateReceiveCount: '4' });
  });

  it('go back to where they came from, as new messages with a new life', async () => {
    const { dead, main } = await pair(1);
    const sent = await send(main.QueueUrl, 'again');
    await exhaust(main.QueueUrl, 1);

    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    await vi.waitFor(async () => expect((await attributes(main.QueueUrl))['ApproximateNumberOfMessages']).toBe('1'));
    const [again] = await receive(main.QueueUrl);
    const tasks = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: dead.arn }));

    expect(again).toMatchObject({ Body: 'again', Attributes: { ApproximateReceiveCount: '1' } });
    expect(again?.MessageId).not.toBe(sent.MessageId);
    expect(tasks.Results).toMatchObject([
      { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1, ApproximateNumberOfMessagesToMove: 1 },
    ]);
  });

  it('keep the time of their first sending, until they are sent back', async () => {
    const { dead, main } = await pair(1);
    const day = 86_400_000;
    await sqs.send(
      new SetQueueAttributesCommand({ QueueUrl: dead.QueueUrl, Attributes: { MessageRetentionPeriod: '1209600' } }),
    );
    for (const body of ['first', 'second']) await send(main.QueueUrl, body);
    platform.moveClock(3 * day);
    await exhaust(main.QueueUrl, 1);
    const [letter] = await receive(dead.QueueUrl, { MaxNumberOfMessages: 1, VisibilityTimeout: 0 });

    platform.moveClock(10 * day);
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn }));
    await vi.waitFor(async () => expect((await attributes(main.QueueUrl))['ApproximateNumberOfMessages']).toBe('2'));
    await send(main.QueueUrl, 'newer');
    platform.moveClock(3 * day);

    expect(Number(letter?.Attributes?.SentTimestamp)).toBeLessThan(platform.clock.now() - 15 * day);
    expect((await receive(main.QueueUrl)).map(({ Body }) => Body)).toEqual(['first', 'second', 'newer']);
  });

  it('go elsewhere slowly, and stop on request', async () => {
    const { dead, main } = await pair(1);
    const other = await queue();
    for (const body of ['a', 'b', 'c']) await send(main.QueueUrl, body);
    await exhaust(main.QueueUrl, 1);

    const { TaskHandle } = await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: dead.arn,
        DestinationArn: other.arn,
        MaxNumberOfMessagesPerSecond: 1,
      }),
    );
    await vi.waitFor(async () => expect((await attributes(other.QueueUrl))['ApproximateNumberOfMessages']).toBe('1'));
    const second = await refusal(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: dead.arn })));
    const cancelled = await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle }));

    expect(second).toBe('InvalidParameterValue');
    expect(cancelled.ApproximateNumberOfMessagesMoved).toBe(1);
    expect((await attributes(dead.QueueUrl))['ApproximateNumberOfMessages']).toBe('2');
  });

  it('name their sources, and a queue without sources cannot be redriven', async () => {
    const { dead, main } = await pair(1);

    const { queueUrls } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead.QueueUrl }));

    expect(queueUrls).toEqual([main.QueueUrl]);
    expect(await refusal(sqs.send(new StartMessageMoveTaskCommand({ SourceArn: main.arn })))).toBe(
      'InvalidParameterValue',
    );
  });
});
