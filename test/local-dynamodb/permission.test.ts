import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AwsError } from '../../local/aws/aws-error.ts';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const arn = 'arn:aws:dynamodb:ap-south-1:000000000000:table/catalog';
const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'asset' } });

let server: DynamoDbServer;
let denied: ((action: string) => boolean) | undefined;
let keyDenied = false;
beforeEach(async () => {
  denied = undefined;
  keyDenied = false;
  server = await startDynamoDbServer({
    authorize({ action }) {
      if (denied?.(action) === true) throw new AwsError('AccessDenied', 403, `${action} is not allowed.`);
    },
    useKey() {
      if (keyDenied) throw new AwsError('AccessDenied', 403, 'kms:Decrypt is not allowed.');
    },
  });
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
});
afterEach(() => server[Symbol.asyncDispose]());

const questions = () =>
  server.asked.map(({ action, resource, context }) => ({ action, resource, leading: context['dynamodb:LeadingKeys'] }));

describe('IAM is asked', () => {
  test('for the action, the table and the partition of an item', async () => {
    await server.client().send(new GetItemCommand({ TableName, Key: key('t#1') }));
    await server.client().send(new PutItemCommand({ TableName, Item: key('t#2') }));

    expect(questions()).toEqual([
      { action: 'dynamodb:GetItem', resource: arn, leading: ['t#1'] },
      { action: 'dynamodb:PutItem', resource: arn, leading: ['t#2'] },
    ]);
  });

  test('for the index and its partition in a Query', async () => {
    await server.client().send(
      new QueryCommand({
        TableName,
        IndexName: 'g1-kind',
        KeyConditionExpression: 'begins_with(g1sk, :s) AND #p = :p',
        ExpressionAttributeNames: { '#p': 'g1pk' },
        ExpressionAttributeValues: { ':p': { S: 't#class#raw' }, ':s': { S: '2026' } },
      }),
    );

    expect(questions()).toEqual([
      { action: 'dynamodb:Query', resource: `${arn}/index/g1-kind`, leading: ['t#class#raw'] },
    ]);
    expect(server.asked[0]?.context['dynamodb:Select']).toBe('ALL_PROJECTED_ATTRIBUTES');
  });

  test('for every item of a transaction as if it came alone', async () => {
    await server.client().send(
      new TransactWriteItemsCommand({
        TransactItems: [
          { Put: { TableName, Item: key('t#put') } },
          { Delete: { TableName, Key: key('t#delete') } },
          { Update: { TableName, Key: key('t#update'), UpdateExpression: 'REMOVE x' } },
          { ConditionCheck: { TableName, Key: key('t#check'), ConditionExpression: 'attribute_not_exists(pk)' } },
        ],
      }),
    );
    await server
      .client()
      .send(new TransactGetItemsCommand({ TransactItems: [{ Get: { TableName, Key: key('t#get') } }] }));

    expect(questions().map(({ action, leading }) => [action, leading])).toEqual([
      ['dynamodb:PutItem', ['t#put']],
      ['dynamodb:DeleteItem', ['t#delete']],
      ['dynamodb:UpdateItem', ['t#update']],
      ['dynamodb:ConditionCheckItem', ['t#check']],
      ['dynamodb:GetItem', ['t#get']],
    ]);
    expect(server.asked[0]?.context['dynamodb:EnclosingOperation']).toBe('TransactWriteItems');
  });

  test('for all partitions of a batch', async () => {
    await server.client().send(
      new BatchWriteItemCommand({
        RequestItems: { [TableName]: [{ PutRequest: { Item: key('t#1') } }, { DeleteRequest: { Key: key('t#2') } }] },
      }),
    );
    await server
      .client()
      .send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key('t#3'), key('t#4')] } } }));

    expect(questions()).toEqual([
      { action: 'dynamodb:BatchWriteItem', resource: arn, leading: ['t#1', 't#2'] },
      { action: 'dynamodb:BatchGetItem', resource: arn, leading: ['t#3', 't#4'] },
    ]);
  });

  test('with every attribute that the expressions name', async () => {
    await server
      .client()
      .send(
        new UpdateItemCommand({
          TableName,
          Key: key('t#1'),
          UpdateExpression: 'SET #s.#f = if_not_exists(#s.#f, :v), plain = :v REMOVE other[0]',
          ConditionExpression: 'attribute_exists(pk) AND NOT contains(kind, :v)',
          ExpressionAttributeNames: { '#s': 'summary', '#f': 'filename' },
          ExpressionAttributeValues: { ':v': { S: 'x' } },
        }),
      )
      .catch(() => undefined);

    expect([...(server.asked[0]?.context['dynamodb:Attributes'] ?? [])].sort()).toEqual([
      'kind',
      'other',
      'pk',
      'plain',
      'sk',
      'summary',
    ]);
  });
});

describe('a refusal', () => {
  test('is an AccessDeniedException and changes nothing', async () => {
    denied = (action) => action === 'dynamodb:DeleteItem';
    const write = server.client().send(
      new TransactWriteItemsCommand({
        TransactItems: [{ Put: { TableName, Item: key('t#put') } }, { Delete: { TableName, Key: key('t#x') } }],
      }),
    );

    await expect(write).rejects.toMatchObject({ name: 'AccessDeniedException', $metadata: { httpStatusCode: 400 } });
    const { Item } = await server.client().send(new GetItemCommand({ TableName, Key: key('t#put') }));
    expect(Item).toBeUndefined();
  });

  test('comes before a word on whether the table exists', async () => {
    denied = () => true;

    const read = server.client().send(new GetItemCommand({ TableName: 'unknown', Key: key('a') }));

    await expect(read).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});

describe('the table’s key', () => {
  test('is opened in the caller’s name, for reads and for writes', async () => {
    await server.client().send(new GetItemCommand({ TableName, Key: key('a') }));
    await server.client().send(new PutItemCommand({ TableName, Item: key('a') }));

    expect(server.keysUsed).toHaveLength(2);
    expect(server.keysUsed[1]).toMatchObject({
      action: 'kms:Decrypt',
      keyId: 'arn:aws:kms:ap-south-1:000000000000:key/k1',
      viaService: 'dynamodb.ap-south-1.amazonaws.com',
      encryptionContext: { 'aws:dynamodb:tableName': 'catalog', 'aws:dynamodb:subscriberId': '000000000000' },
    });
  });

  test('that the caller may not use refuses the request', async () => {
    keyDenied = true;
    const write = server.client().send(new PutItemCommand({ TableName, Item: key('a') }));

    await expect(write).rejects.toMatchObject({ name: 'AccessDeniedException' });
    keyDenied = false;
    const { Item } = await server.client().send(new GetItemCommand({ TableName, Key: key('a') }));
    expect(Item).toBeUndefined();
  });
});
