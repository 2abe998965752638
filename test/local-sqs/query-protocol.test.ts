import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Platform, region, startPlatform } from '../local-lambda/small-platform.ts';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});
afterAll(() => platform.stop());

const call = async (parameters: Record<string, string>) => {
  const { accessKeyId } = platform.credentials.admin;
  const response = await fetch(platform.endpoint(), {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/${region}/sqs/aws4_request` },
    body: new URLSearchParams({ Version: '2012-11-05', ...parameters }),
  });
  return { status: response.status, xml: await response.text() };
};
const elements = (xml: string, name: string) =>
  [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => text);

const queue = async (name: string) => {
  const { xml } = await call({
    Action: 'CreateQueue',
    QueueName: name,
    'Attribute.1.Name': 'VisibilityTimeout',
    'Attribute.1.Value': '44',
  });
  return elements(xml, 'QueueUrl')[0] ?? '';
};

describe('older clients, which speak the query protocol,', () => {
  it('send and receive messages with attributes', async () => {
    const QueueUrl = await queue('one');
    await call({
      Action: 'SendMessage',
      QueueUrl,
      MessageBody: 'a & <b>',
      'MessageAttribute.1.Name': 'kind',
      'MessageAttribute.1.Value.DataType': 'String',
      'MessageAttribute.1.Value.StringValue': 'x',
    });

    const { xml } = await call({
      Action: 'ReceiveMessage',
      QueueUrl,
      MaxNumberOfMessages: '10',
      'AttributeName.1': 'ApproximateReceiveCount',
      'MessageAttributeName.1': 'All',
    });

    expect(elements(xml, 'Body')).toEqual(['a &amp; &lt;b&gt;']);
    expect(xml).toContain('<Attribute><Name>ApproximateReceiveCount</Name><Value>1</Value></Attribute>');
    expect(xml).toMatch(
      /<MessageAttribute><Name>kind<\/Name><Value>.*<StringValue>x<\/StringValue>.*<\/Value><\/MessageAttribute>/,
    );
  });

  it('send batches whose entries answer one by one', async () => {
    const QueueUrl = await queue('two');

    const { xml } = await call({
      Action: 'SendMessageBatch',
      QueueUrl,
      'SendMessageBatchRequestEntry.1.Id': 'good',
      'SendMessageBatchRequestEntry.1.MessageBody': 'x',
      'SendMessageBatchRequestEntry.2.Id': 'bad',
      'SendMessageBatchRequestEntry.2.MessageBody': 'x',
      'SendMessageBatchRequestEntry.2.DelaySeconds': '901',
    });

    expect(xml).toMatch(/<SendMessageBatchResultEntry><Id>good<\/Id>/);
    expect(xml).toMatch(
      /<BatchResultErrorEntry><Id>bad<\/Id><SenderFault>true<\/SenderFault><Code>InvalidParameterValue<\/Code>/,
    );
  });

  it('read and set attributes and tags', async () => {
    const QueueUrl = await queue('three');

    await call({ Action: 'TagQueue', QueueUrl, 'Tag.1.Key': 'a', 'Tag.1.Value': 'b' });
    const attributes = await call({ Action: 'GetQueueAttributes', QueueUrl, 'AttributeName.1': 'VisibilityTimeout' });
    const tags = await call({ Action: 'ListQueueTags', QueueUrl });

    expect(attributes.xml).toContain('<Attribute><Name>VisibilityTimeout</Name><Value>44</Value></Attribute>');
    expect(tags.xml).toContain('<Tag><Key>a</Key><Value>b</Value></Tag>');
  });

  it.each([
    [{ Action: 'GetQueueUrl', QueueName: 'nobody' }, 400, 'AWS.SimpleQueueService.NonExistentQueue'],
    [{ Action: 'AddPermission' }, 501, 'NotImplemented'],
    [{ Action: 'GetQueueUrl' }, 400, 'MissingParameter'],
  ])('hear the older names of errors: %j', async (parameters, status, code) => {
    const answer = await call(parameters);

    expect([answer.status, elements(answer.xml, 'Code')[0]]).toEqual([status, code]);
  });
});
