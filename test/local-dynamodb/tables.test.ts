import {
  BatchGetItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ExecuteStatementCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import { item, startCatalogServer, TableName } from './catalog-server.ts';
import { home } from './dynamodb-server.ts';

const server = await startCatalogServer();
const client = server.client();
afterAll(() => server[Symbol.asyncDispose]());

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
