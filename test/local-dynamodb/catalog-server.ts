import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { catalogTable } from './catalog-table.ts';
import { type DynamoDbServer, startDynamoDbServer } from './dynamodb-server.ts';

/** A server with the catalog's table. */
export const startCatalogServer = async (): Promise<DynamoDbServer> => {
  const server = await startDynamoDbServer();
  await server.create('AWS::DynamoDB::GlobalTable', catalogTable());
  return server;
};

export const TableName = 'catalog';

/** An item of the table as the API of DynamoDB writes it. */
export const item = (pk: string, sk = 'asset', extra: Record<string, unknown> = {}) => ({
  pk: { S: pk },
  sk: { S: sk },
  ...extra,
});

/** Puts such an item. */
export const putItem = (client: ReturnType<DynamoDbServer['client']>, Item: Record<string, unknown>) =>
  client.send(new PutItemCommand({ TableName, Item: Item as never }));
