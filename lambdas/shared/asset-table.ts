import {
  type AttributeValue,
  type CancellationReason,
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { CompanionKey, CompanionRow } from '../../core/catalog/companions.ts';
import { assetKey, packedKey, type TableKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import type { CatalogView, CatalogWrite, WriteResult } from '../../core/observe/ports.ts';
import { namedFailure } from './aws-failure.ts';
import { toPackedRow } from './packs/packed-item.ts';

const rowIsNew = 'attribute_not_exists(pk)';
const revisionIsUnchanged = 'revision = :expected';
const linkIsFreeOrOurs = 'attribute_not_exists(pk) OR assetId = :assetId';

/** The catalog table as `observe` sees it: reads and writes asset rows with what belongs to them. */
export const assetTable = (client: DynamoDBClient, table: string): CatalogView => ({
  async readAsset(tenant, assetId) {
    const input = { TableName: table, Key: marshall(assetKey(tenant, assetId)), ConsistentRead: true };
    try {
      const { Item } = await client.send(new GetItemCommand(input));
      return Item === undefined ? undefined : toAssetRow(unmarshall(Item));
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async readPacked(tenant, assetId) {
    const input = { TableName: table, Key: marshall(packedKey(tenant, assetId)), ConsistentRead: true };
    try {
      const { Item } = await client.send(new GetItemCommand(input));
      return Item === undefined ? undefined : toPackedRow(unmarshall(Item));
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async writeAsset(write) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: itemsOf(write, table) }));
      return { kind: 'written' };
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw namedFailure(error, 'TransactWriteItems');
      return readCancellation(error, write);
    }
  },
});

const itemsOf = (write: CatalogWrite, table: string): TransactWriteItem[] => [
  {
    Put: {
      TableName: table,
      Item: toItem(write.row),
      ...(write.expected === undefined
        ? { ConditionExpression: rowIsNew }
        : {
            ConditionExpression: revisionIsUnchanged,
            ExpressionAttributeValues: marshall({ ':expected': write.expected }),
          }),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  },
  ...write.remove.map((companion) => removal(companion, write, table)),
  ...write.put.map((row) => ({ Put: { TableName: table, Item: toItem(row), ...linkCondition(row.kind, write) } })),
];

const removal = ({ kind, key }: CompanionKey, write: CatalogWrite, table: string): TransactWriteItem => ({
  Delete: { TableName: table, Key: marshall(key), ...linkCondition(kind, write) },
});

const linkCondition = (
  kind: CompanionRow['kind'],
  { row }: CatalogWrite,
): { ConditionExpression?: string; ExpressionAttributeValues?: Item } =>
  kind === 'hash'
    ? {
        ConditionExpression: linkIsFreeOrOurs,
        ExpressionAttributeValues: marshall({ ':assetId': row.summary.assetId }),
      }
    : {};

/** The first reason belongs to the asset row, the others to what is written beside it. */
const readCancellation = (error: TransactionCanceledException, { row, remove, put }: CatalogWrite): WriteResult => {
  const reasons = error.CancellationReasons ?? [];
  const codes = new Set(reasons.map(({ Code }) => Code ?? 'None'));
  const { assetId } = row.summary;
  if ([...codes].some((code) => !expectedCodes.has(code))) {
    throw new MediakeepError('internal', `The row of asset ${assetId} was refused: ${[...codes].join(', ')}.`, {
      cause: error,
    });
  }
  if (reasons[0]?.Code === conditionFailed) return moved(reasons[0]);
  if (codes.has('ThrottlingError') || codes.has('ProvisionedThroughputExceeded')) {
    throw new MediakeepError('unavailable', `The table is too busy to write asset ${assetId}.`, { cause: error });
  }
  if (codes.has('TransactionConflict')) return { kind: 'moved' };
  const companions: readonly TableKey[] = [...remove.map(({ key }) => key), ...put];
  const links = companions.filter((_, index) => reasons[index + 1]?.Code === conditionFailed);
  if (links.length > 0) return { kind: 'link-taken', links };
  throw new MediakeepError('internal', `The write of asset ${assetId} was cancelled without a reason.`, {
    cause: error,
  });
};

const conditionFailed = 'ConditionalCheckFailed';
const expectedCodes = new Set([
  'None',
  conditionFailed,
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
]);

const moved = ({ Item }: CancellationReason): WriteResult =>
  Item === undefined ? { kind: 'moved' } : { kind: 'moved', row: toAssetRow(unmarshall(Item)) };

type Item = Record<string, AttributeValue>;

const toItem = (row: AssetRow | CompanionRow): Item => marshall({ ...row }, { removeUndefinedValues: true });

/** What stands under an asset's key was written by this file. */
const toAssetRow = (item: Record<string, unknown> & Partial<TableKey>): AssetRow => {
  if (isAssetRow(item)) return item;
  throw new MediakeepError('internal', 'The row under the key of an asset is none.');
};

const isAssetRow = (item: object): item is AssetRow =>
  'kind' in item && item.kind === 'asset' && 'revision' in item && typeof item.revision === 'number';
