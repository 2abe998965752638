import { BatchGetItemCommand, BatchWriteItemCommand, QueryCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { item, putItem, startCatalogServer, TableName } from './catalog-server.ts';

const server = await startCatalogServer();
const client = server.client();
afterAll(() => server[Symbol.asyncDispose]());

const put = (Item: Record<string, unknown>) => putItem(client, Item);

describe('indexes', () => {
  test('carry their chosen attributes and the keys, and nothing else', async () => {
    await put(
      item('idx#1', 'asset', {
        g1pk: { S: 'idx#class' },
        g1sk: { S: '1' },
        kind: { S: 'asset' },
        summary: { M: { filename: { S: 'a.wav' } } },
        detail: { M: { key: { S: 'secret' } } },
      }),
    );

    const { Items } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'g1-kind',
        KeyConditionExpression: 'g1pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'idx#class' } },
      }),
    );

    expect(Object.keys(Items?.[0] ?? {}).sort()).toEqual(['g1pk', 'g1sk', 'kind', 'pk', 'sk', 'summary']);
  });

  test('forget a row that loses its index keys', async () => {
    await put(item('idx#2', 'asset', { g4pk: { S: 'idx#gone' }, g4sk: { S: '1' } }));
    await client.send(new UpdateItemCommand({ TableName, Key: item('idx#2'), UpdateExpression: 'REMOVE g4pk, g4sk' }));

    const { Count } = await client.send(
      new QueryCommand({
        TableName,
        IndexName: 'g4-topic',
        KeyConditionExpression: 'g4pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'idx#gone' } },
      }),
    );

    expect(Count).toBe(0);
  });

  test('refuse consistent reads', async () => {
    const read = client.send(
      new QueryCommand({
        TableName,
        IndexName: 'g1-kind',
        ConsistentRead: true,
        KeyConditionExpression: 'g1pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'x' } },
      }),
    );

    await expect(read).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('page to the end in both directions, whatever the size of a page', async () => {
    const writes = Array.from({ length: 60 }, (_, index) => ({
      PutRequest: {
        Item: item(`page#${index}`, 'asset', {
          g2pk: { S: 'page' },
          g2sk: { S: String(index % 7) },
        }),
      },
    }));
    for (let from = 0; from < writes.length; from += 25) {
      await client.send(
        new BatchWriteItemCommand({ RequestItems: { [TableName]: writes.slice(from, from + 25) as never } }),
      );
    }
    const walk = async (forward: boolean, Limit: number) => {
      const seen: string[] = [];
      let ExclusiveStartKey: Record<string, never> | undefined;
      do {
        const page = await client.send(
          new QueryCommand({
            TableName,
            IndexName: 'g2-actor',
            KeyConditionExpression: 'g2pk = :p',
            ExpressionAttributeValues: { ':p': { S: 'page' } },
            ScanIndexForward: forward,
            Limit,
            ExclusiveStartKey,
          }),
        );
        seen.push(...(page.Items ?? []).map(({ pk }) => pk?.S ?? ''));
        ExclusiveStartKey = page.LastEvaluatedKey as Record<string, never> | undefined;
      } while (ExclusiveStartKey !== undefined);
      return seen;
    };

    const forward = await walk(true, 7);
    const backward = await walk(false, 11);

    expect(new Set(forward).size).toBe(60);
    expect(backward).toEqual([...forward].reverse());
  });
});

describe('limits', () => {
  test('an item may have 400 KB and no more', async () => {
    const sized = (bytes: number) => put(item('big', 'asset', { data: { S: 'x'.repeat(bytes) } }));

    await expect(sized(400 * 1024 - 100)).resolves.toBeDefined();
    await expect(sized(400 * 1024)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('a batch writes 25 items and reads 100', async () => {
    const writes = Array.from({ length: 26 }, (_, index) => ({ PutRequest: { Item: item(`many#${index}`) } }));
    const keys = Array.from({ length: 101 }, (_, index) => item(`many#${index}`));

    const write = () => client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: writes } }));
    const read = () => client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: keys } } }));

    await expect(write()).rejects.toMatchObject({ name: 'ValidationException' });
    await expect(read()).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('a page of a Query ends at 1 MB', async () => {
    for (let index = 0; index < 6; index += 1) {
      await put(item('megabyte', String(index), { data: { S: 'x'.repeat(300_000) } }));
    }

    const page = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :p',
        ExpressionAttributeValues: { ':p': { S: 'megabyte' } },
      }),
    );

    expect(page.Count).toBeLessThan(6);
    expect(page.LastEvaluatedKey).toBeDefined();
  });

  test('a key may not be empty', async () => {
    await expect(put(item(''))).rejects.toMatchObject({ name: 'ValidationException' });
  });
});
