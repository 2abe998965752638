import {
  DeleteQueueCommand,
  GetQueueUrlCommand,
  ListQueuesCommand,
  ListQueueTagsCommand,
  PurgeQueueCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  TagQueueCommand,
  UntagQueueCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, describe, expect, it } from 'vitest';
import { region } from '../local-lambda/small-platform.ts';
import { refusal, startQueueWorld } from './queue-world.ts';

const { platform, sqs, queue, send, receive, attributes, stop } = await startQueueWorld();
afterAll(() => stop());

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
