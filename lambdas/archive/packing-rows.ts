import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { packingKey, packingPk } from '../../core/catalog/keys.ts';
import { days, isoTime } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import { putRow } from '../shared/row-writes.ts';

/** How far packing is in the classes of one tenant, as it was read and as it was told since. */
export interface Packing {
  /** The sort key up to which everything is packed, or cannot be; undefined: begin at the beginning. */
  packedUntil(dataClass: string, now: number): string | undefined;
  setPackedUntil(dataClass: string, reached: { until: string; now: number }): Promise<void>;
}

/** How far packing is, by tenant and class. */
export interface PackingRows {
  of(tenant: string): Promise<Packing>;
}

const Row = z.object({ until: z.string(), begunAt: z.iso.datetime() });
type Row = z.infer<typeof Row>;

/** Now and then the list is gone through from its beginning, for what could not be packed when its turn was. */
const beginAgainMs = days(30);

const isCurrent = (row: Row | undefined, now: number): row is Row =>
  row !== undefined && now - Date.parse(row.begunAt) < beginAgainMs;

/** The rows of packing in the catalog table. */
export const createPackingRows = (client: DynamoDBDocumentClient, table: string): PackingRows => {
  const read = async (tenant: string): Promise<Map<string, Row>> => {
    const request = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': packingPk(tenant) },
      ConsistentRead: true,
    };
    try {
      // A row for each class, so one answer holds them all.
      const { Items = [] } = await client.send(new QueryCommand(request));
      return new Map(Items.map((item) => [String(item['sk']), Row.parse(item)]));
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  };
  return {
    async of(tenant) {
      const rows = await read(tenant);
      return {
        packedUntil(dataClass, now) {
          const row = rows.get(dataClass);
          // The bound is included, and a space sorts before everything that can follow a sort key.
          return isCurrent(row, now) ? `${row.until} ` : undefined;
        },
        async setPackedUntil(dataClass, { until, now }) {
          const row = rows.get(dataClass);
          const begunAt = isCurrent(row, now) ? row.begunAt : isoTime(now);
          const next = { ...packingKey(tenant, dataClass), kind: 'packing', tenant, dataClass, until, begunAt };
          await putRow(client, table, next);
          rows.set(dataClass, { until, begunAt });
        },
      };
    },
  };
};
