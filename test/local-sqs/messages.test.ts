import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { refusal, startQueueWorld } from './queue-world.ts';

const { platform, sqs, queue, send, receive, attributes, stop } = await startQueueWorld();
afterAll(() => stop());

describe('messages', () => {
  it('arrive with body, attributes and digests that the SDK verifies', async () => {
    const { QueueUrl } = await queue();
    const MessageAttributes = {
      text: { DataType: 'String', StringValue: 'ü' },
      number: { DataType: 'Number.int', StringValue: '7' },
      bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };

    const sent = await send(QueueUrl, 'hello ☃', { MessageAttributes });
    const [message] = await receive(QueueUrl, { MessageAttributeNames: ['All'] });

    expect(message).toMatchObject({ MessageId: sent.MessageId, Body: 'hello ☃', MessageAttributes });
    expect(message?.MD5OfMessageAttributes).toBe(sent.MD5OfMessageAttributes);
    expect(message?.Attributes).toMatchObject({ ApproximateReceiveCount: '1' });
  });

  it('are digested as the reference computes it', async () => {
    const { QueueUrl } = await queue();

    const sent = await send(QueueUrl, 'This is a test message', {
      MessageAttributes: { timestamp: { DataType: 'Number', StringValue: '1493147359900' } },
    });

    expect(sent).toMatchObject({
      MD5OfMessageBody: 'fafb00f5732ab283681e124bf8747ed1',
      MD5OfMessageAttributes: '235c5c510d26fb653d073faed50ae77c',
    });
  });

  it("are hidden while somebody has them, and come back by the platform's clock with a higher count", async () => {
    const { QueueUrl } = await queue({ VisibilityTimeout: '60' });
    await send(QueueUrl, 'job');

    const first = await receive(QueueUrl);
    const whileHidden = await receive(QueueUrl);
    platform.moveClock(60_000);
    const [again] = await receive(QueueUrl);

    expect(first).toHaveLength(1);
    expect(whileHidden).toEqual([]);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(again?.Attributes?.ApproximateFirstReceiveTimestamp).toBe(
      first[0]?.Attributes?.ApproximateFirstReceiveTimestamp,
    );
  });

  it('are deleted by the handle of their latest receive only', async () => {
    const { QueueUrl } = await queue({ VisibilityTimeout: '60' });
    await send(QueueUrl, 'job');
    const [old] = await receive(QueueUrl);
    platform.moveClock(60_000);
    const [latest] = await receive(QueueUrl);

    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: old?.ReceiptHandle }));
    const afterOld = (await attributes(QueueUrl))['ApproximateNumberOfMessagesNotVisible'];
    platform.moveClock(60_000);
    await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: latest?.ReceiptHandle }));

    expect(afterOld).toBe('1');
    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('are shown or hidden longer on request, but never longer than twelve hours', async () => {
    const { QueueUrl } = await queue({ VisibilityTimeout: '60' });
    await send(QueueUrl, 'job');
    const change = (ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
    const [message] = await receive(QueueUrl);

    await change(message?.ReceiptHandle, 600);
    platform.moveClock(60_000);
    const stillHidden = await receive(QueueUrl);
    const tooLong = await refusal(change(message?.ReceiptHandle, 43_200));
    await change(message?.ReceiptHandle, 0);
    const [again] = await receive(QueueUrl);
    await change(again?.ReceiptHandle, 0);

    expect(stillHidden).toEqual([]);
    expect(tooLong).toBe('InvalidParameterValue');
    expect(again?.MessageId).toBe(message?.MessageId);
    expect(await refusal(change(again?.ReceiptHandle, 10))).toBe('MessageNotInflight');
  });

  it('wait for their delay, of the queue or their own', async () => {
    const { QueueUrl } = await queue({ DelaySeconds: '30', VisibilityTimeout: '600' });
    await send(QueueUrl, 'queue delay');
    await send(QueueUrl, 'own delay', { DelaySeconds: 10 });
    await send(QueueUrl, 'none', { DelaySeconds: 0 });

    const now = await receive(QueueUrl);
    const delayed = (await attributes(QueueUrl))['ApproximateNumberOfMessagesDelayed'];
    platform.moveClock(10_000);
    const after10 = await receive(QueueUrl);
    platform.moveClock(20_000);
    const after30 = await receive(QueueUrl);

    expect([now, after10, after30].map((messages) => messages.map(({ Body }) => Body))).toEqual([
      ['none'],
      ['own delay'],
      ['queue delay'],
    ]);
    expect(delayed).toBe('2');
  });

  it('end with their retention', async () => {
    const { QueueUrl } = await queue({ MessageRetentionPeriod: '60' });
    await send(QueueUrl, 'short');

    platform.moveClock(60_000);

    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('reach a receiver that was already waiting', async () => {
    const { QueueUrl } = await queue();

    const waiting = receive(QueueUrl, { WaitTimeSeconds: 20 });
    await vi.waitFor(async () => expect(await refusal(send(QueueUrl, 'now'))).toBeUndefined());

    expect((await waiting).map(({ Body }) => Body)).toEqual(['now']);
  });

  it('are not given to a receiver that has gone', async () => {
    const { QueueUrl } = await queue();
    const leave = new AbortController();
    const gone = sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }), { abortSignal: leave.signal });
    await attributes(QueueUrl);

    leave.abort();
    await refusal(gone);
    await attributes(QueueUrl);
    await send(QueueUrl, 'job');

    expect((await receive(QueueUrl)).map(({ Attributes }) => Attributes?.ApproximateReceiveCount)).toEqual(['1']);
  });

  it('wait for nobody when a receive ends without any', async () => {
    const { QueueUrl } = await queue();

    expect(await receive(QueueUrl, { WaitTimeSeconds: 1 })).toEqual([]);
  });
});

describe('batches', () => {
  it('report each entry for itself', async () => {
    const { QueueUrl } = await queue();
    const Entries = [
      { Id: 'a', MessageBody: 'one' },
      { Id: 'b', MessageBody: '\u0000' },
      { Id: 'c', MessageBody: 'three' },
    ];

    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    const messages = await receive(QueueUrl);
    const handles = messages.map(({ ReceiptHandle }, n) => ({ Id: String(n), ReceiptHandle }));
    const changed = await sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl,
        Entries: handles.map((handle) => ({ ...handle, VisibilityTimeout: 5 })),
      }),
    );
    const deleted = await sqs.send(
      new DeleteMessageBatchCommand({ QueueUrl, Entries: [...handles, { Id: 'x', ReceiptHandle: 'nonsense' }] }),
    );

    expect(sent.Successful?.map(({ Id }) => Id)).toEqual(['a', 'c']);
    expect(sent.Failed).toMatchObject([{ Id: 'b', Code: 'InvalidMessageContents', SenderFault: true }]);
    expect(changed.Successful).toHaveLength(2);
    expect(deleted.Failed).toMatchObject([{ Id: 'x', Code: 'ReceiptHandleIsInvalid' }]);
    expect((await attributes(QueueUrl))['ApproximateNumberOfMessagesNotVisible']).toBe('0');
  });

  it.each([
    ['EmptyBatchRequest', []],
    ['TooManyEntriesInBatchRequest', Array.from({ length: 11 }, (_, n) => ({ Id: String(n), MessageBody: 'x' }))],
    [
      'BatchEntryIdsNotDistinct',
      [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
    ],
    ['InvalidBatchEntryId', [{ Id: 'a b', MessageBody: 'x' }]],
    [
      'BatchRequestTooLong',
      [
        { Id: 'a', MessageBody: 'x'.repeat(600_000) },
        { Id: 'b', MessageBody: 'x'.repeat(600_000) },
      ],
    ],
  ])('are refused as a whole: %s', async (name, Entries) => {
    const { QueueUrl } = await queue();

    expect(await refusal(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })))).toBe(name);
  });
});
