import {
  BatchGetItemCommand,
  DeleteItemCommand,
  GetItemCommand,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { item, putItem, startCatalogServer, TableName } from './catalog-server.ts';

const server = await startCatalogServer();
const client = server.client();
afterAll(() => server[Symbol.asyncDispose]());

const put = (Item: Record<string, unknown>) => putItem(client, Item);

describe('conditional writes', () => {
  test('put only what is not there, and show what is', async () => {
    await put(item('cond#1', 'asset', { revision: { N: '4' } }));

    const failure = client.send(
      new PutItemCommand({
        TableName,
        Item: item('cond#1'),
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );

    await expect(failure).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { revision: { N: '4' } },
    });
  });

  test('update only the revision that was read', async () => {
    await put(item('cond#2', 'asset', { revision: { N: '1' } }));
    const update = (expected: string) =>
      client.send(
        new UpdateItemCommand({
          TableName,
          Key: item('cond#2'),
          UpdateExpression: 'SET revision = revision + :one, #s = if_not_exists(#s, :s)',
          ConditionExpression: 'revision = :expected',
          ExpressionAttributeNames: { '#s': 'summary' },
          ExpressionAttributeValues: { ':one': { N: '1' }, ':expected': { N: expected }, ':s': { M: {} } },
          ReturnValues: 'ALL_NEW',
        }),
      );

    const first = await update('1');
    const second = update('1');

    expect(first.Attributes?.['revision']).toEqual({ N: '2' });
    await expect(second).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('count in one update and answer the new value', async () => {
    const count = async () => {
      const { Attributes } = await client.send(
        new UpdateItemCommand({
          TableName,
          Key: item('principal#p', 'rate#1'),
          UpdateExpression: 'ADD #n :one SET expiresAt = :end',
          ExpressionAttributeNames: { '#n': 'count' },
          ExpressionAttributeValues: { ':one': { N: '1' }, ':end': { N: '4102444800' } },
          ReturnValues: 'UPDATED_NEW',
        }),
      );
      return Attributes?.['count']?.N;
    };

    const counts = await Promise.all(Array.from({ length: 10 }, count));

    expect(counts.map(Number).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('delete only what is as it was', async () => {
    await put(item('cond#3', 'asset', { revision: { N: '1' } }));

    const refused = client.send(
      new DeleteItemCommand({
        TableName,
        Key: item('cond#3'),
        ConditionExpression: 'revision = :r',
        ExpressionAttributeValues: { ':r': { N: '9' } },
      }),
    );

    await expect(refused).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });
});

describe('transactions', () => {
  test('write all or nothing, and show the row that stood against it', async () => {
    await put(item('tx#taken', 'asset', { owner: { S: 'a' } }));

    const failure = client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: item('tx#new') } },
          {
            Put: {
              TableName,
              Item: item('tx#taken'),
              ConditionExpression: 'attribute_not_exists(pk)',
              ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
            },
          },
        ],
      }),
    );

    await expect(failure).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ConditionalCheckFailed', Item: { owner: { S: 'a' } } }],
    });
    const { Item } = await client.send(new GetItemCommand({ TableName, Key: item('tx#new') }));
    expect(Item).toBeUndefined();
  });

  test('put, update, delete and check in one request', async () => {
    await put(item('tx#old'));
    await put(item('tx#count', 'asset', { n: { N: '1' } }));

    await client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: item('tx#put') } },
          { Delete: { TableName, Key: item('tx#old') } },
          { ConditionCheck: { TableName, Key: item('tx#absent'), ConditionExpression: 'attribute_not_exists(pk)' } },
          {
            Update: {
              TableName,
              Key: item('tx#count'),
              UpdateExpression: 'SET n = n + :one',
              ExpressionAttributeValues: { ':one': { N: '1' } },
            },
          },
        ],
      }),
    );

    const { Responses } = await client.send(
      new BatchGetItemCommand({
        RequestItems: {
          [TableName]: { ConsistentRead: true, Keys: [item('tx#put'), item('tx#old'), item('tx#count')] },
        },
      }),
    );
    expect(Responses?.[TableName]).toHaveLength(2);
    expect(Responses?.[TableName]?.find(({ pk }) => pk?.S === 'tx#count')?.['n']).toEqual({ N: '2' });
  });

  test('refuse two operations on one item', async () => {
    const twice = client.send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: item('tx#twice') } },
          { Delete: { TableName, Key: item('tx#twice') } },
        ],
      }),
    );

    await expect(twice).rejects.toMatchObject({ name: 'ValidationException' });
  });

  test('refuse more than 100 operations', async () => {
    const TransactItems = Array.from({ length: 101 }, (_, index) => ({
      Put: { TableName, Item: item(`tx#many#${index}`) },
    }));

    await expect(client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('with the same token are done once', async () => {
    await put(item('tx#idempotent', 'asset', { n: { N: '0' } }));
    const add = () =>
      client.send(
        new TransactWriteItemsCommand({
          ClientRequestToken: 'token-1',
          TransactItems: [
            {
              Update: {
                TableName,
                Key: item('tx#idempotent'),
                UpdateExpression: 'ADD n :one',
                ExpressionAttributeValues: { ':one': { N: '1' } },
              },
            },
          ],
        }),
      );

    await add();
    await add();

    const { Item } = await client.send(
      new GetItemCommand({ TableName, Key: item('tx#idempotent'), ConsistentRead: true }),
    );
    expect(Item?.['n']).toEqual({ N: '1' });
  });
});
