import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, home, startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const item = (pk: string, sk = 'asset', extra: Record<string, unknown> = {}) => ({
  pk: { S: pk },
  sk: { S: sk },
  ...extra,
});

let server: DynamoDbServer;
let client: ReturnType<DynamoDbServer['client']>;
beforeAll(async () => {
  server = await startDynamoDbServer();
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  client = server.client();
});
afterAll(() => server[Symbol.asyncDispose]());

const put = (Item: Record<string, unknown>) => client.send(new PutItemCommand({ TableName, Item: Item as never }));

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

describe('the platform around the items', () => {
  test('answers with the ARNs and the settings of the template', async () => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
    const { ContinuousBackupsDescription } = await client.send(new DescribeContinuousBackupsCommand({ TableName }));

    expect(Table?.TableArn).toBe(`arn:aws:dynamodb:${home}:000000000000:table/catalog`);
    expect(Table?.LatestStreamArn).toContain(`${Table?.TableArn}/stream/`);
    expect(Table).toMatchObject({ DeletionProtectionEnabled: true, SSEDescription: { SSEType: 'KMS' } });
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
    expect(ContinuousBackupsDescription?.PointInTimeRecoveryDescription).toMatchObject({ RecoveryPeriodInDays: 35 });
  });

  test('takes a table by its ARN', async () => {
    const arn = `arn:aws:dynamodb:${home}:000000000000:table/catalog`;

    await client.send(new PutItemCommand({ TableName: arn, Item: item('by#arn') }));

    const { Responses } = await client.send(
      new BatchGetItemCommand({ RequestItems: { [arn]: { Keys: [item('by#arn')] } } }),
    );
    expect(Object.values(Responses ?? {})[0]).toHaveLength(1);
  });

  test('keeps tables of two regions apart', async () => {
    await server.create('AWS::DynamoDB::Table', singleTable, 'ap-south-2');
    const elsewhere = server.client('ap-south-2');

    const names = await elsewhere.send(new ListTablesCommand({}));
    const missing = elsewhere.send(new GetItemCommand({ TableName, Key: item('by#arn') }));

    expect(names.TableNames).toEqual(['subject-keys']);
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('refuses operations that it does not have', async () => {
    const statement = client.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM catalog' }));

    await expect(statement).rejects.toMatchObject({ name: 'UnknownOperationException' });
  });

  test('names a property of the template that it does not know', async () => {
    const create = server.create('AWS::DynamoDB::Table', { ...singleTable, ImportSourceSpecification: {} });

    await expect(create).rejects.toThrow(/Table.*ImportSourceSpecification/);
  });

  test('adds an index to a table that has items', async () => {
    const before = { ...singleTable, TableName: 'growing' };
    await server.create('AWS::DynamoDB::Table', before);
    await client.send(new PutItemCommand({ TableName: 'growing', Item: { id: { S: 'a' }, owner: { S: 'o' } } }));
    await server.create('AWS::DynamoDB::Table', {
      ...before,
      AttributeDefinitions: [...singleTable.AttributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'by-owner',
          KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    });

    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'growing',
        IndexName: 'by-owner',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: 'o' } },
      }),
    );

    expect(Items).toEqual([{ id: { S: 'a' }, owner: { S: 'o' } }]);
  });

  test('refuses to change the key of a table', async () => {
    await server.create('AWS::DynamoDB::Table', { ...singleTable, TableName: 'fixed' });

    const change = server.create('AWS::DynamoDB::Table', {
      ...singleTable,
      TableName: 'fixed',
      KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
    });

    await expect(change).rejects.toThrow(/changes the key of table fixed/);
  });
});

const singleTable = {
  TableName: 'subject-keys',
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};
