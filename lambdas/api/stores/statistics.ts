import { type DynamoDBDocumentClient, paginateQuery, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { growthPk, statsPk, usagePk } from '../../../core/catalog/keys.ts';
import type { CountRow } from '../../../core/statistics/recount.ts';
import type { Page, Position } from '../ports.ts';
import { readRows } from './rows.ts';

/** The counters of a tenant as the API reads them. */
export interface Statistics {
  /** Every counter by class, storage class and content type: a few dozen rows. */
  classes(tenant: string): Promise<readonly CountRow[]>;
  /** Growth rows of these days, both included, oldest first. */
  growth(tenant: string, from: string, to: string): Promise<readonly CountRow[]>;
  /** Counters by uploader, in the order of their ids. */
  usage(tenant: string, limit: number, position: Position | undefined): Promise<Page<CountRow>>;
}

export const createStatistics = (client: DynamoDBDocumentClient, table: string): Statistics => ({
  classes: (tenant) => allOf(client, { ...base(table), ExpressionAttributeValues: { ':pk': statsPk(tenant) } }),
  growth: (tenant, from, to) =>
    allOf(client, {
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      // A class stands behind the day; `~` sorts after every letter.
      ExpressionAttributeValues: { ':pk': growthPk(tenant), ':from': from, ':to': `${to}~` },
    }),
  usage: async (tenant, limit, position) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        ...base(table),
        ExpressionAttributeValues: { ':pk': usagePk(tenant) },
        Limit: limit,
        ExclusiveStartKey: position,
      }),
    );
    return { items: readRows<CountRow>(Items, ['count']), next: LastEvaluatedKey as Position | undefined };
  },
});

const base = (table: string) => ({ TableName: table, KeyConditionExpression: 'pk = :pk' });

const allOf = async (
  client: DynamoDBDocumentClient,
  input: { TableName: string; KeyConditionExpression: string; ExpressionAttributeValues: Record<string, string> },
): Promise<readonly CountRow[]> => {
  const rows: CountRow[] = [];
  for await (const { Items = [] } of paginateQuery({ client }, input))
    rows.push(...readRows<CountRow>(Items, ['count']));
  return rows;
};
