import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AssetRow, DueRow } from '../../core/catalog/asset-row.ts';
import { dueKey, duePk } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { days, utcDay } from '../../core/time.ts';
import { namedFailure } from './aws-failure.ts';
import { putRow, removeRow } from './row-writes.ts';

/** One shard of a tenant, and the instant up to whose day rows are asked for. */
export interface DueStretch {
  readonly tenant: string;
  readonly shard: number;
  readonly upTo: number;
}

/** The rows that say on which day retention has to look at an asset; hints, never decisions. */
export interface DueTable {
  /** Rows of one shard whose day has come by an instant, oldest first; `after` is what the page before answered. */
  page(
    of: DueStretch,
    limit: number,
    after?: string,
  ): Promise<{ readonly items: readonly DueRow[]; readonly next: string | undefined }>;
  /** Has the asset looked at on that day, besides any other. */
  put(asset: Pick<AssetRow, 'tenant' | 'summary' | 'detail'>, day: string): Promise<void>;
  remove(row: Pick<DueRow, 'pk' | 'sk'>): Promise<void>;
}

/** The due rows of the catalog table. */
export const createDueTable = (client: DynamoDBDocumentClient, table: string): DueTable => ({
  async page({ tenant, shard, upTo }, limit, after) {
    const pk = duePk(tenant, shard);
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk AND sk < :end',
          ExpressionAttributeValues: { ':pk': pk, ':end': utcDay(upTo + days(1)) },
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
    const row: DueRow = {
      ...dueKey(tenant, day, assetId),
      kind: 'due',
      tenant,
      assetId,
      dataClass,
      key: detail.key,
      dueAt: `${day}T00:00:00.000Z`,
    };
    await putRow(client, table, row);
  },
  remove: (row) => removeRow(client, table, row),
});

const toDueRow = (item: Record<string, unknown>): DueRow => {
  if (isDueRow(item)) return item;
  throw new MediakeepError('internal', 'A row among what is due is none.');
};

const isDueRow = (item: Record<string, unknown>): item is Record<string, unknown> & DueRow =>
  item['kind'] === 'due' && typeof item['assetId'] === 'string';
