import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { operatorTenant, sweepKey, tenantsPk } from '../../core/catalog/keys.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { SweepBook, Tenants } from './ports.ts';

/** The list of tenants in the catalog table. */
export const createTenants = (client: DynamoDBDocumentClient, table: string): Tenants => ({
  async after(tenant) {
    try {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk > :after',
          ExpressionAttributeValues: { ':pk': tenantsPk, ':after': tenant ?? ' ' },
          ConsistentRead: true,
          Limit: 1,
        }),
      );
      const next: unknown = Items[0]?.['sk'];
      return typeof next === 'string' ? next : undefined;
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  },
});

/** The row in which the sweep notes its last day. */
export const createSweepBook = (client: DynamoDBDocumentClient, table: string): SweepBook => ({
  async lastDay() {
    try {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: sweepKey, ConsistentRead: true }));
      const day: unknown = Item?.['lastDay'];
      return typeof day === 'string' ? day : undefined;
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async finish(lastDay) {
    try {
      await client.send(
        new PutCommand({ TableName: table, Item: { ...sweepKey, kind: 'sweep', tenant: operatorTenant, lastDay } }),
      );
    } catch (error) {
      throw namedFailure(error, 'PutItem');
    }
  },
});
