import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject, listAt } from '../aws/json-object.ts';
import type { Backend } from './backend.ts';
import type { TtlWindow } from './dynoxide-file.ts';
import type { Table } from './tables.ts';

const itemsAtOnce = 1_000;
/** DynamoDB leaves a TTL value alone that is more than five years past: it takes it for a mistake. */
const fiveYearsSeconds = 5 * 365 * 86_400;
const ttlIsPast = '#ttl < :now';

/** Deletes a table's expired items; answers how many. */
export const expireTable = async (backend: Backend, table: Table, nowMs: number): Promise<number> => {
  const { ttlAttribute } = table;
  if (ttlAttribute === undefined) return 0;
  const nowSeconds = Math.floor(nowMs / 1000);
  let removed = 0;
  for (;;) {
    const items = await expiredItems(backend, table.name, ttlAttribute, nowSeconds);
    if (items.length === 0) return removed;
    const before = backend.file?.lastSequence(table.name) ?? 0;
    const gone = new Set<string>();
    for (const item of items) {
      const key = keyOf(table, item);
      if (await removeExpired(backend, { table: table.name, key, ttlAttribute, nowSeconds }))
        gone.add(identity(table, key));
    }
    backend.file?.markTtlRemovals(table.name, before, (key) => gone.has(identity(table, key)));
    removed += gone.size;
    if (items.length < itemsAtOnce || gone.size === 0) return removed;
  }
};

const expiredItems = async (
  backend: Backend,
  table: string,
  attribute: string,
  nowSeconds: number,
): Promise<readonly JsonObject[]> => {
  const window = { after: nowSeconds - fiveYearsSeconds, before: nowSeconds, limit: itemsAtOnce };
  if (backend.file !== undefined) return backend.file.expiredItems(table, attribute, window);
  return scannedItems(backend, table, attribute, window);
};

/** Somebody else's DynamoDB has no file beside it: the table is read through, page by page. */
const scannedItems = async (
  backend: Backend,
  table: string,
  attribute: string,
  { after, before, limit }: TtlWindow,
): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = [];
  let startKey: unknown;
  do {
    const page = await backend.call('Scan', {
      TableName: table,
      FilterExpression: '#ttl > :after AND #ttl < :before',
      ExpressionAttributeNames: { '#ttl': attribute },
      ExpressionAttributeValues: { ':after': { N: String(after) }, ':before': { N: String(before) } },
      ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
    });
    found.push(...listAt(page, 'Items').filter(isJsonObject));
    startKey = page['LastEvaluatedKey'];
  } while (startKey !== undefined && found.length < limit);
  return found.slice(0, limit);
};

/** The item may have been written again since it was read: the condition looks once more. */
const removeExpired = async (
  backend: Backend,
  {
    table,
    key,
    ttlAttribute,
    nowSeconds,
  }: { table: string; key: JsonObject; ttlAttribute: string; nowSeconds: number },
): Promise<boolean> => {
  try {
    await backend.call('DeleteItem', {
      TableName: table,
      Key: key,
      ConditionExpression: ttlIsPast,
      ExpressionAttributeNames: { '#ttl': ttlAttribute },
      ExpressionAttributeValues: { ':now': { N: String(nowSeconds) } },
    });
    return true;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ConditionalCheckFailedException') return false;
    throw error;
  }
};

const keyOf = ({ key: { partition, sort } }: Table, item: JsonObject): JsonObject => ({
  [partition]: item[partition],
  ...(sort === undefined ? {} : { [sort]: item[sort] }),
});

const identity = ({ key: { partition, sort } }: Table, key: JsonObject): string =>
  JSON.stringify([key[partition], sort === undefined ? undefined : key[sort]]);
