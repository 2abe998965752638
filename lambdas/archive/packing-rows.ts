import { type DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { packingKey, tenantsPk } from '../../core/catalog/keys.ts';
import { days, isoTime } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';

/** How far packing is, by tenant and class. */
export interface PackingRows {
  /** The tenant whose name comes next. */
  tenantAfter(tenant: string | undefined): Promise<string | undefined>;
  /** The sort key up to which everything is packed, or cannot be; undefined: begin at the beginning. */
  packedUntil(tenant: string, dataClass: string, now: number): Promise<string | undefined>;
  setPackedUntil(tenant: string, dataClass: string, reached: { until: string; now: number }): Promise<void>;
}

const Row = z.object({ until: z.string(), begunAt: z.iso.datetime() });

/** Now and then the list is gone through from its beginning, for what could not be packed when its turn was. */
const beginAgainMs = days(30);

/** The rows of packing in the catalog table. */
export const createPackingRows = (client: DynamoDBDocumentClient, table: string): PackingRows => {
  const read = async (tenant: string, dataClass: string): Promise<z.infer<typeof Row> | undefined> => {
    try {
      const request = { TableName: table, Key: packingKey(tenant, dataClass), ConsistentRead: true };
      const { Item } = await client.send(new GetCommand(request));
      return Item === undefined ? undefined : Row.parse(Item);
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  };
  const isCurrent = (row: z.infer<typeof Row> | undefined, now: number): row is z.infer<typeof Row> =>
    row !== undefined && now - Date.parse(row.begunAt) < beginAgainMs;
  return {
    async tenantAfter(tenant) {
      const values = { ':pk': tenantsPk, ...(tenant === undefined ? {} : { ':sk': tenant }) };
      const request = {
        TableName: table,
        KeyConditionExpression: tenant === undefined ? 'pk = :pk' : 'pk = :pk AND sk > :sk',
        ExpressionAttributeValues: values,
        Limit: 1,
      };
      try {
        const { Items = [] } = await client.send(new QueryCommand(request));
        const [next] = Items;
        return next === undefined ? undefined : String(next['sk']);
      } catch (error) {
        throw namedFailure(error, 'Query');
      }
    },
    async packedUntil(tenant, dataClass, now) {
      const row = await read(tenant, dataClass);
      // The bound is included, and a space sorts before everything that can follow a sort key.
      return isCurrent(row, now) ? `${row.until} ` : undefined;
    },
    async setPackedUntil(tenant, dataClass, { until, now }) {
      const row = await read(tenant, dataClass);
      const begunAt = isCurrent(row, now) ? row.begunAt : isoTime(now);
      const Item = { ...packingKey(tenant, dataClass), kind: 'packing', tenant, dataClass, until, begunAt };
      try {
        await client.send(new PutCommand({ TableName: table, Item }));
      } catch (error) {
        throw namedFailure(error, 'PutItem');
      }
    },
  };
};
