import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import { assetKey, indexKeys, type indexNames } from '../../core/catalog/keys.ts';
import { namedFailure } from './aws-failure.ts';

/** Where a list of assets goes on: the last key that DynamoDB evaluated. */
export type IndexPosition = Readonly<Record<string, string>>;

/** Assets of one partition of an index, oldest first. */
export interface AssetList {
  readonly index: (typeof indexNames)[keyof typeof indexNames];
  readonly partition: string;
  /** Bounds of the sort key, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Assets as jobs find them: lists follow the index, which may lag by moments; a row is read consistently. */
export interface AssetIndex {
  asset(tenant: string, assetId: string): Promise<AssetRow | undefined>;
  list(
    list: AssetList,
    limit: number,
    after?: IndexPosition,
  ): Promise<{ readonly items: readonly AssetSummary[]; readonly next: IndexPosition | undefined }>;
}

/** The assets of the catalog table. */
export const createAssetIndex = (client: DynamoDBDocumentClient, table: string): AssetIndex => ({
  async asset(tenant, assetId) {
    try {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: assetKey(tenant, assetId), ConsistentRead: true }),
      );
      return Item !== undefined && isAsset(Item) ? Item : undefined;
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async list({ index, partition, from = '', to = end }, limit, after) {
    const { pk, sk } = indexKeys[index];
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: table,
          IndexName: index,
          KeyConditionExpression: `${pk} = :pk AND ${sk} BETWEEN :from AND :to`,
          ExpressionAttributeValues: { ':pk': partition, ':from': from === '' ? ' ' : from, ':to': to },
          Limit: limit,
          ExclusiveStartKey: after,
        }),
      );
      const items = Items.flatMap((item) => (item['kind'] === 'asset' ? [toSummary(item['summary'])] : []));
      return { items, next: LastEvaluatedKey as IndexPosition | undefined };
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  },
});

/** Greater than every character of a sort key. */
const end = '\u{10FFFF}';

const isAsset = (item: Record<string, unknown>): item is Record<string, unknown> & AssetRow => item['kind'] === 'asset';

/** The catalog function alone writes what stands here. */
const toSummary = (summary: unknown): AssetSummary => summary as AssetSummary;
