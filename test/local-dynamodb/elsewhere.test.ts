import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { days } from '../../core/time.ts';
import { startDynoxide } from '../../local/dynamodb/dynoxide.ts';
import { findDynamoDb } from '../../local/dynamodb/dynoxide-command.ts';
import { catalogTable } from './catalog-table.ts';
import { startDynamoDbServer } from './dynamodb-server.ts';

const TableName = 'catalog';
const key = { pk: { S: 'a' }, sk: { S: 'asset' } };

/** A DynamoDB that somebody else runs. */
const startElsewhere = async () => {
  const source = findDynamoDb({ PATH: process.env['PATH'] });
  if (source.kind !== 'program') throw new Error('The test needs a Dynoxide of its own.');
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-dynamodb-test-'));
  const dynoxide = await startDynoxide({ program: source.path, dbPath: join(folder, 'a.sqlite'), log: () => {} });
  return {
    url: dynoxide.url,
    async [Symbol.asyncDispose]() {
      await dynoxide.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

describe('a DynamoDB of somebody else', () => {
  test('serves the template’s tables, and its rows expire by the platform’s clock', async () => {
    await using elsewhere = await startElsewhere();
    await using server = await startDynamoDbServer({ endpoint: elsewhere.url });
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    const expiresAt = { N: String(Math.floor(server.clock.now() / 1000) + 60) };
    await server.client().send(new PutItemCommand({ TableName, Item: { ...key, expiresAt } }));
    await server.client().send(new PutItemCommand({ TableName, Item: { ...key, sk: { S: 'stays' } } }));
    server.clock.advance(days(1));

    const removed = await server.service.expireRows(server.clock.now());

    const { Item } = await server.client().send(new GetItemCommand({ TableName, Key: key }));
    expect([removed, Item]).toEqual([1, undefined]);
  });

  test('that is gone is an error on which clients try again', async () => {
    const elsewhere = await startElsewhere();
    await using server = await startDynamoDbServer({ endpoint: elsewhere.url });
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
    await elsewhere[Symbol.asyncDispose]();

    const read = server.client().send(new GetItemCommand({ TableName, Key: key }));

    await expect(read).rejects.toMatchObject({ name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
  });
});

describe('a global table', () => {
  test('is one in all its regions, each with its own ARN and key', async () => {
    await using server = await startDynamoDbServer();
    const replica = (Region: string) => ({
      Region,
      SSESpecification: { KMSMasterKeyId: `arn:aws:kms:${Region}:000000000000:key/k` },
    });
    const Replicas = [replica('ap-south-1'), replica('ap-south-2')];
    await server.create('AWS::DynamoDB::GlobalTable', catalogTable({ Replicas }));

    await server.client('ap-south-1').send(new PutItemCommand({ TableName, Item: { ...key, n: { N: '1' } } }));
    const { Item } = await server.client('ap-south-2').send(new GetItemCommand({ TableName, Key: key }));

    expect(Item?.['n']).toEqual({ N: '1' });
    expect(server.asked.at(-1)?.resource).toBe('arn:aws:dynamodb:ap-south-2:000000000000:table/catalog');
    expect(server.keysUsed.at(-1)?.keyId).toBe('arn:aws:kms:ap-south-2:000000000000:key/k');
  });

  test('must have a replica where its stack is', async () => {
    await using server = await startDynamoDbServer();
    const Replicas = [{ Region: 'ap-south-2' }];

    await expect(server.create('AWS::DynamoDB::GlobalTable', catalogTable({ Replicas }))).rejects.toThrow(/ap-south-1/);
  });
});

test('consumed capacity counts a write for the table and for each index that the row is in', async () => {
  await using server = await startDynamoDbServer();
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  const Item = { ...key, g1pk: { S: 'a' }, g1sk: { S: 'b' }, g2pk: { S: 'a' }, g2sk: { S: 'b' }, kind: { S: 'asset' } };

  const put = await server.client().send(new PutItemCommand({ TableName, Item, ReturnConsumedCapacity: 'INDEXES' }));
  const update = await server.client().send(
    new UpdateItemCommand({
      TableName,
      Key: key,
      UpdateExpression: 'SET detail = :d',
      ExpressionAttributeValues: { ':d': { S: 'x' } },
      ReturnConsumedCapacity: 'TOTAL',
    }),
  );

  expect(put.ConsumedCapacity?.CapacityUnits).toBe(3);
  expect(update.ConsumedCapacity?.CapacityUnits).toBe(1);
});
