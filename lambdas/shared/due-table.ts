import { DeleteCommand, type DynamoDBDocumentClient, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AssetRow, DueRow } from '../../core/catalog/asset-row.ts';
import { dueKey, duePk } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { namedFailure } from './aws-failure.ts';

/** The rows that say on which day retention has to look at an asset; hints, never decisions. */
export interface DueTable {
  /** Rows of one shard of a day, by asset id; `after` is the id that the page before ended with. */
  page(
    tenant: string,
    day: string,
    shard: number,
    limit: number,
    after?: string,
  ): Promise<{ readonly items: readonly DueRow[]; readonly next: string | undefined }>;
  /** Has the asset looked at on that day, besides any other. */
  put(asset: Pick<AssetRow, 'tenant' | 'summary' | 'detail'>, day: string): Promise<void>;
  remove(row: Pick<DueRow, 'pk' | 'sk'>): Promise<void>;
}

/** The due rows of the catalog table. */
export const createDueTable = (client: DynamoDBDocumentClient, table: string): DueTable => ({
  async page(tenant, day, shard, limit, after) {
    const pk = duePk(tenant, day, shard);
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': pk },
          ConsistentRead: true,
          Limit: limit,
          ...(after !== undefined && { ExclusiveStartKey: { pk, sk: after } }),
        }),
      );
      const next: unknown = LastEvaluatedKey?.['sk'];
      return { items: Items.map(toDueRow), next: typeof next === 'string' ? next : undefined };
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  },
  async put({ tenant, summary, detail }, day) {
    const { assetId, dataClass } = summary;
    const Item: DueRow = {
      ...dueKey(tenant, day, assetId),
      kind: 'due',
      tenant,
      assetId,
      dataClass,
      key: detail.key,
      dueAt: `${day}T00:00:00.000Z`,
    };
    try {
      await client.send(new PutCommand({ TableName: table, Item }));
    } catch (error) {
      throw namedFailure(error, 'PutItem');
    }
  },
  async remove({ pk, sk }) {
    try {
      await client.send(new DeleteCommand({ TableName: table, Key: { pk, sk } }));
    } catch (error) {
      throw namedFailure(error, 'DeleteItem');
    }
  },
});

const toDueRow = (item: Record<string, unknown>): DueRow => {
  if (isDueRow(item)) return item;
  throw new MediakeepError('internal', 'A row among what is due is none.');
};

const isDueRow = (item: Record<string, unknown>): item is Record<string, unknown> & DueRow =>
  item['kind'] === 'due' && typeof item['assetId'] === 'string';
