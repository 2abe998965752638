import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { holdsPartition, indexKeys, indexNames } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { type HoldRow, type HoldSummary, holdRowKey, parseHoldId } from '../../core/retention/hold-row.ts';
import { namedFailure } from './aws-failure.ts';
import { isOfRevision, putRowIf } from './row-writes.ts';

/** The rows of holds as jobs see them. */
export interface HoldRows {
  get(tenant: string, holdId: string): Promise<HoldRow | undefined>;
  /** Those in force or in their grace. */
  list(tenant: string): Promise<readonly HoldSummary[]>;
  /** Replaces a row of this revision; false where somebody else has. */
  replace(current: HoldRow, next: HoldRow): Promise<boolean>;
}

/** What asks for the holds of a tenant that are in force or in their grace. */
export const holdsOf = (tenant: string, table: string) => ({
  TableName: table,
  IndexName: indexNames.byKind,
  KeyConditionExpression: `${indexKeys[indexNames.byKind].pk} = :pk`,
  ExpressionAttributeValues: { ':pk': holdsPartition(tenant) },
});

/** What asks for the row of a hold; undefined where no hold has such an id. */
export const holdOf = (tenant: string, holdId: string, table: string) => {
  const place = parseHoldId(holdId);
  return place && { TableName: table, Key: holdRowKey(tenant, { holdId, ...place }), ConsistentRead: true };
};

/** The hold rows of the catalog table. */
export const createHoldRows = (client: DynamoDBDocumentClient, table: string): HoldRows => ({
  async get(tenant, holdId) {
    const row = holdOf(tenant, holdId, table);
    if (row === undefined) return undefined;
    try {
      const { Item } = await client.send(new GetCommand(row));
      return Item === undefined ? undefined : toHoldRow(Item);
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async list(tenant) {
    const all: HoldSummary[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      try {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({ ...holdsOf(tenant, table), ExclusiveStartKey }),
        );
        all.push(...Items.map((item) => toHoldRow(item).summary));
        ExclusiveStartKey = LastEvaluatedKey;
      } catch (error) {
        throw namedFailure(error, 'Query');
      }
    } while (ExclusiveStartKey !== undefined);
    return all;
  },
  replace: (current, next) => putRowIf(client, table, next, isOfRevision(current.revision)),
});

const toHoldRow = (item: Record<string, unknown>): HoldRow => {
  if (isHoldRow(item)) return item;
  throw new MediakeepError('internal', 'The row under the key of a hold is none.');
};

const isHoldRow = (item: Record<string, unknown>): item is Record<string, unknown> & HoldRow =>
  item['kind'] === 'hold' && typeof item['summary'] === 'object';
