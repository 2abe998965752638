import { BatchWriteItemCommand, PutItemCommand, QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, startDynamoDbServer } from './dynamodb-server.ts';
import { readStream } from './stream-client.ts';

const TableName = 'catalog';
const seconds = (ms: number) => ({ N: String(Math.floor(ms / 1000)) });

const put = (server: DynamoDbServer, pk: string, extra: Record<string, { S: string } | { N: string }> = {}) =>
  server.client().send(new PutItemCommand({ TableName, Item: { pk: { S: pk }, sk: { S: 'row' }, ...extra } }));

const names = async (server: DynamoDbServer) => {
  const { Items } = await server.client().send(new ScanCommand({ TableName, ConsistentRead: true }));
  return (Items ?? []).map(({ pk }) => pk?.S).sort();
};

describe('rows with a time to live', () => {
  test('go when the platform’s clock passes their end, and only then', async () => {
    await using server = await startDynamoDbServer();
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await put(server, 'soon', { expiresAt: seconds(server.clock.now() + days(1)) });
    await put(server, 'later', { expiresAt: seconds(server.clock.now() + days(3)) });
    await put(server, 'never');

    const early = await server.service.expireRows(server.clock.now());
    server.clock.advance(days(2));
    const removed = await server.service.expireRows(server.clock.now());

    expect([early, removed]).toEqual([0, 1]);
    expect(await names(server)).toEqual(['later', 'never']);
  });

  test('leave their indexes too', async () => {
    await using server = await startDynamoDbServer();
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await put(server, 'a', { expiresAt: seconds(server.clock.now()), g3pk: { S: 'x' }, g3sk: { S: 'y' } });
    server.clock.advance(days(1));

    await server.service.expireRows(server.clock.now());

    const { Count } = await server.client().send(
      new QueryCommand({
        TableName,
        IndexName: 'g3-subject',
        KeyConditionExpression: 'g3pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'x' } },
      }),
    );
    expect(Count).toBe(0);
  });

  test('stay when the end is text, is missing, or lies more than five years back', async () => {
    await using server = await startDynamoDbServer();
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await put(server, 'text', { expiresAt: { S: '1' } });
    await put(server, 'ancient', { expiresAt: seconds(server.clock.now() - days(6 * 365)) });

    const removed = await server.service.expireRows(server.clock.now());

    expect(removed).toBe(0);
    expect(await names(server)).toEqual(['ancient', 'text']);
  });

  test('are many, and all go', async () => {
    await using server = await startDynamoDbServer();
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    const expiresAt = seconds(server.clock.now());
    const rows = Array.from({ length: 1_100 }, (_, index) => ({
      pk: { S: `row-${index}` },
      sk: { S: 'row' },
      expiresAt,
    }));
    for (let from = 0; from < rows.length; from += 25) {
      const batch = rows.slice(from, from + 25).map((Item) => ({ PutRequest: { Item } }));
      await server.client().send(new BatchWriteItemCommand({ RequestItems: { [TableName]: batch } }));
    }
    server.clock.advance(days(1));

    const removed = await server.service.expireRows(server.clock.now());

    expect(removed).toBe(1_100);
    expect(await names(server)).toEqual([]);
  });

  test('are told in the stream as removed by the service', async () => {
    await using server = await startDynamoDbServer();
    const { StreamArn = '' } = await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await put(server, 'soon', { expiresAt: seconds(server.clock.now() - days(1)) });
    await server.service.expireRows(server.clock.now());

    const records = await readStream(server, StreamArn);

    expect(records.at(-1)).toMatchObject({
      eventName: 'REMOVE',
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
    expect(records[0]?.['userIdentity']).toBeUndefined();
  });
});
