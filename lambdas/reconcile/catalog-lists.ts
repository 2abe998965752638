import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { classPartition, deletedPartition, indexNames, tenantsPk } from '../../core/catalog/keys.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { CatalogLists } from './ports.ts';

/** So many assets of a list are compared at once. */
const listPage = 500;

/** The lists of the catalog as its indexes give them. */
export const catalogLists = (client: DynamoDBDocumentClient, table: string): CatalogLists => ({
  async nextTenant(after) {
    const { Items } = await asked(() =>
      client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: after === undefined ? 'pk = :tenants' : 'pk = :tenants AND sk > :after',
          ExpressionAttributeValues: { ':tenants': tenantsPk, ...(after !== undefined && { ':after': after }) },
          ConsistentRead: true,
          Limit: 1,
        }),
      ),
    );
    return textOf(Items?.[0]?.['sk']);
  },
  async counters(pk) {
    const rows: CountRow[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items, LastEvaluatedKey } = await asked(() =>
        client.send(
          new QueryCommand({
            TableName: table,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': pk },
            ConsistentRead: true,
            ...(from !== undefined && { ExclusiveStartKey: from }),
          }),
        ),
      );
      rows.push(...(Items ?? []).filter(isCountRow));
      from = LastEvaluatedKey;
    } while (from !== undefined);
    return rows;
  },
  async assets({ tenant, dataClass, state }, from) {
    const partition = state === 'stored' ? classPartition(tenant, dataClass) : deletedPartition(tenant, dataClass);
    const { Items, LastEvaluatedKey } = await asked(() =>
      client.send(
        new QueryCommand({
          TableName: table,
          IndexName: indexNames.byKind,
          KeyConditionExpression: 'g1pk = :list',
          ExpressionAttributeValues: { ':list': partition },
          Limit: listPage,
          ...(from !== undefined && { ExclusiveStartKey: { ...from } }),
        }),
      ),
    );
    const assetIds = (Items ?? []).flatMap(({ summary }) => textOf(summary?.assetId) ?? []);
    const next = LastEvaluatedKey && Object.entries(LastEvaluatedKey).map(([name, value]) => [name, String(value)]);
    return { assetIds, ...(next && { next: Object.fromEntries(next) }) };
  },
});

const isCountRow = (item: Record<string, unknown>): item is CountRow =>
  item['kind'] === 'count' && typeof item['pk'] === 'string' && typeof item['sk'] === 'string';

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const asked = async <Answer>(ask: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await ask();
  } catch (error) {
    throw namedFailure(error, 'Query');
  }
};
