import {
  CancelMessageMoveTaskCommand,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListMessageMoveTasksCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { accountId, type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

let platform: Platform;
let sqs: SQSClient;
let names = 0;

beforeAll(async () => {
  platform = await startPlatform();
  sqs = new SQSClient(platform.clientOptions);
});
afterAll(async () => {
  sqs.destroy();
  await platform.stop();
});

const queue = async (Attributes: Record<string, string> = {}) => {
  names += 1;
  const QueueName = `queue-${names}`;
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  return { QueueUrl, QueueName, arn: `arn:aws:sqs:${region}:${accountId}:${QueueName}` };
};
const send = (QueueUrl: string, MessageBody: string, more = {}) =>
  sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more }));
const receive = async (QueueUrl: string, more = {}): Promise<Message[]> => {
  const options = { MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const], ...more };
  return (await sqs.send(new ReceiveMessageCommand({ QueueUrl, ...options }))).Messages ?? [];
};
const attributes = async (QueueUrl: string) =>
  (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }))).Attributes ?? {};
const refusal = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error) => error.name,
  );

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

describe('queues', () => {
  it('are found by name and prefix, page by page', async () => {
    const made = [await queue(), await queue(), await queue()];
    const all = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'queue-' }));

    const first = await sqs.send(new ListQueuesCommand({ QueueNamePrefix: 'queue-', MaxResults: 2 }));
    const rest = await sqs.send(
      new ListQueuesCommand({ QueueNamePrefix: 'queue-', MaxResults: 1000, NextToken: first.NextToken }),
    );

    expect([...(first.QueueUrls ?? []), ...(rest.QueueUrls ?? [])]).toEqual(all.QueueUrls);
    const found = await sqs.send(new GetQueueUrlCommand({ QueueName: made[0]?.QueueName }));
    expect(found.QueueUrl).toBe(made[0]?.QueueUrl);
  });

  it('keep attributes and tags, and take back an empty one', async () => {
    const { QueueUrl } = await queue();

    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl,
        Attributes: { VisibilityTimeout: '99', SqsManagedSseEnabled: 'true' },
      }),
    );
    await sqs.send(new TagQueueCommand({ QueueUrl, Tags: { a: '1', b: '2' } }));
    await sqs.send(new UntagQueueCommand({ QueueUrl, TagKeys: ['a'] }));

    expect(await attributes(QueueUrl)).toMatchObject({
      VisibilityTimeout: '99',
      SqsManagedSseEnabled: 'true',
      MessageRetentionPeriod: '345600',
    });
    expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ b: '2' });
  });

  it('are emptied and deleted', async () => {
    const { QueueUrl } = await queue();
    await send(QueueUrl, 'x');

    await sqs.send(new PurgeQueueCommand({ QueueUrl }));
    const emptied = await receive(QueueUrl);
    await sqs.send(new DeleteQueueCommand({ QueueUrl }));

    expect(emptied).toEqual([]);
    expect(await refusal(receive(QueueUrl))).toBe('QueueDoesNotExist');
  });

  it.each([
    [{ VisibilityTimeout: '43201' }, 'InvalidAttributeValue'],
    [{ DelaySeconds: '-1' }, 'InvalidAttributeValue'],
    [{ MaximumMessageSize: '1e4' }, 'InvalidAttributeValue'],
    [{ RedrivePolicy: '{"maxReceiveCount":3}' }, 'InvalidAttributeValue'],
    [
      { RedrivePolicy: '{"deadLetterTargetArn":"arn:aws:sqs:ap-south-1:000000000000:nobody","maxReceiveCount":3}' },
      'InvalidParameterValue',
    ],
    [{ Policy: '{"Statement":[{"Effect":"Perhaps"}]}' }, 'InvalidAttributeValue'],
    [{ FifoQueue: 'true' }, 'UnsupportedOperation'],
    [{ Colour: 'red' }, 'InvalidAttributeName'],
  ])('are refused with %j', async (Attributes, name) => {
    expect(await refusal(queue(Attributes))).toBe(name);
  });
});

describe('requests that SQS refuses', () => {
  it.each([
    ['an empty body', { MessageBody: '' }, 'MissingParameter'],
    ['a character that XML cannot carry', { MessageBody: '\u0001' }, 'InvalidMessageContents'],
    ['half a surrogate pair', { MessageBody: '\ud800' }, 'InvalidMessageContents'],
    ['too many bytes', { MessageBody: 'ü'.repeat(524_289) }, 'InvalidParameterValue'],
    ['a delay of an hour', { MessageBody: 'x', DelaySeconds: 3600 }, 'InvalidParameterValue'],
    ['a group', { MessageBody: 'x', MessageGroupId: 'g' }, 'UnsupportedOperation'],
    [
      'an attribute without value',
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'String' } } },
      'InvalidParameterValue',
    ],
    [
      'a reserved attribute name',
      { MessageBody: 'x', MessageAttributes: { 'AWS.a': { DataType: 'String', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
    [
      'a number that is none',
      { MessageBody: 'x', MessageAttributes: { a: { DataType: 'Number', StringValue: 'x' } } },
      'InvalidParameterValue',
    ],
  ])('%s', async (_, input, name) => {
    const { QueueUrl } = await queue();

    expect(await refusal(sqs.send(new SendMessageCommand({ QueueUrl, ...input })))).toBe(name);
    expect(await receive(QueueUrl)).toEqual([]);
  });

  it('a queue of another region', async () => {
    const { QueueUrl } = await queue();
    const elsewhere = new SQSClient({ ...platform.clientOptions, region: 'ap-south-2' });

    expect(await refusal(elsewhere.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })))).toBe(
      'QueueDoesNotExist',
    );
  });

  it('an operation that does not exist', async () => {
    const { QueueUrl } = await queue();
    const authorization = `AWS4-HMAC-SHA256 Credential=${platform.credentials.admin.accessKeyId}/20260101/${region}/sqs/aws4_request`;

    const response = await fetch(platform.endpoint(), {
      method: 'POST',
      headers: { authorization, 'x-amz-target': 'AmazonSQS.AddPermission' },
      body: JSON.stringify({ QueueUrl }),
    });

    expect(response.status).toBe(501);
    expect(await response.json()).toMatchObject({ __type: 'com.amazonaws.sqs#NotImplemented' });
  });
});
