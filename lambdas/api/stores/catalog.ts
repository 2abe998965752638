import {
  BatchGetCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { AssetRow, AssetSummary, HashRow, VersionsPage } from '../../../core/catalog/asset-row.ts';
import {
  assetKey,
  assetPk,
  hashPk,
  indexKeys,
  joinKey,
  packedKey,
  packKey,
  type TableKey,
} from '../../../core/catalog/keys.ts';
import type { PackedRow, PackRow } from '../../../core/pack/packed-row.ts';
import type { Catalog, IndexQuery, Page, Position, UploadTraces } from '../ports.ts';
import { readRow, readRows } from './rows.ts';

/** The catalog table as the API reads it. Assets are read consistently; lists come from the indexes. */
export const createCatalog = (client: DynamoDBDocumentClient, table: string): Catalog => {
  const query = async <Row extends { kind: string }>(
    input: Omit<QueryCommandInput, 'TableName'>,
    kinds: readonly Row['kind'][],
  ): Promise<Page<Row>> => {
    const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand({ TableName: table, ...input }));
    return { items: readRows<Row>(Items, kinds), next: LastEvaluatedKey as Position | undefined };
  };
  const batchGet = async (keys: readonly TableKey[]): Promise<readonly Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let left: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
    while (left.length > 0) {
      const { Responses, UnprocessedKeys } = await client.send(
        new BatchGetCommand({ RequestItems: { [table]: { Keys: left } } }),
      );
      found.push(...(Responses?.[table] ?? []));
      left = UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  };
  return {
    asset: async (tenant, assetId) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: assetKey(tenant, assetId), ConsistentRead: true }),
      );
      return readRow<AssetRow>(Item, 'asset');
    },
    uploadTraces: async (tenant, assetId) => {
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': assetPk(tenant, assetId) },
          ConsistentRead: true,
          // The asset's row sorts before all others; where it is missing, only a few short-lived rows can be there.
          Limit: 10,
        }),
      );
      return tracesOf(Items);
    },
    summaries: async (request, limit, position) => {
      const page = await query<{ kind: 'asset'; summary: AssetSummary }>(indexInput(request, limit, position), [
        'asset',
      ]);
      return { items: page.items.map(({ summary }) => summary), next: page.next };
    },
    byContent: async ({ tenant, sha256, bytes }, limit, position) => {
      const page = await query<HashRow>(
        {
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': hashPk(tenant, sha256, bytes) },
          Limit: limit,
          ExclusiveStartKey: position,
        },
        ['hash'],
      );
      // A claim without a summary is content on its way into the vault: there is no asset to show yet.
      return { items: page.items.flatMap(({ summary }) => summary ?? []), next: page.next };
    },
    packs: async (tenant, packIds) => {
      const rows: PackRow[] = [];
      for (let begin = 0; begin < packIds.length; begin += 100) {
        const keys = packIds.slice(begin, begin + 100).map((packId) => packKey(tenant, packId));
        rows.push(...readRows<PackRow>(await batchGet(keys), ['pack']));
      }
      return rows;
    },
    packed: async (tenant, assetId) => {
      const { Item } = await client.send(
        new GetCommand({ TableName: table, Key: packedKey(tenant, assetId), ConsistentRead: true }),
      );
      return readRow<PackedRow>(Item, 'packed');
    },
    olderVersions: async (tenant, assetId, position) => {
      const page = await query<VersionsPage>(
        {
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
          ExpressionAttributeValues: { ':pk': assetPk(tenant, assetId), ':sk': `${joinKey('versions')}#` },
          ScanIndexForward: false,
          Limit: 1,
          ExclusiveStartKey: position,
        },
        ['versions'],
      );
      return { items: page.items.flatMap(({ versions }) => versions), next: page.next };
    },
    ping: async () => {
      await client.send(new GetCommand({ TableName: table, Key: { pk: 'health', sk: 'health' } }));
    },
  };
};

const indexInput = (
  { index, partition, from, to, oldestFirst }: IndexQuery,
  limit: number,
  position: Position | undefined,
): Omit<QueryCommandInput, 'TableName'> => {
  const { pk, sk } = indexKeys[index];
  const bounds = [...(from === undefined ? [] : [':from']), ...(to === undefined ? [] : [':to'])];
  const range = { ':from,:to': `${sk} BETWEEN :from AND :to`, ':from': `${sk} >= :from`, ':to': `${sk} <= :to` }[
    bounds.join(',')
  ];
  return {
    IndexName: index,
    KeyConditionExpression: range === undefined ? `${pk} = :pk` : `${pk} = :pk AND ${range}`,
    ExpressionAttributeValues: {
      ':pk': partition,
      ...(from === undefined ? {} : { ':from': from }),
      ...(to === undefined ? {} : { ':to': to }),
    },
    ScanIndexForward: oldestFirst,
    Limit: limit,
    ExclusiveStartKey: position,
  };
};

const tracesOf = (items: readonly Record<string, unknown>[]): UploadTraces =>
  Object.fromEntries(
    items
      .filter(({ kind }) => kind === 'asset' || kind === 'rejected' || kind === 'duplicate')
      .map((item) => [item['kind'], item]),
  );
