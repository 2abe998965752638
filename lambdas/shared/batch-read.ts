import { BatchGetItemCommand, type DynamoDBClient, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { TableKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { namedFailure } from './aws-failure.ts';
import { inParallel } from './in-parallel.ts';

/** A row of the table, of whatever kind. */
export type AnyRow = Readonly<Record<string, unknown>> & TableKey;

/** Reads rows by their keys, strongly consistent and in no order; what is not there is left out. */
export type BatchRead = (keys: readonly TableKey[]) => Promise<readonly AnyRow[]>;

/** DynamoDB takes so many keys at once, and answers 16 MB of them; the others come again. */
const mostKeys = 100;
const lanes = 4;
/** Keys that are given back so often without a single one read belong to a table that is too busy. */
const mostFruitless = 8;

export const createBatchRead = (
  client: DynamoDBClient,
  table: string,
  pause: (ms: number) => Promise<void> = waitFor,
): BatchRead => {
  const readAll = async (keys: readonly TableKey[], rows: AnyRow[]): Promise<void> => {
    let left: KeysAndAttributes | undefined = {
      Keys: keys.map(({ pk, sk }) => marshall({ pk, sk })),
      ConsistentRead: true,
    };
    for (let fruitless = 0; left?.Keys !== undefined && left.Keys.length > 0; ) {
      const { Responses, UnprocessedKeys } = await send(left);
      const read = Responses?.[table] ?? [];
      rows.push(...read.map((item) => toRow(unmarshall(item))));
      left = UnprocessedKeys?.[table];
      fruitless = read.length === 0 ? fruitless + 1 : 0;
      if (fruitless >= mostFruitless) throw new MediakeepError('unavailable', 'The table is too busy to read from.');
      if (fruitless > 0) await pause(25 * 2 ** fruitless);
    }
  };
  const send = async (keys: KeysAndAttributes) => {
    try {
      return await client.send(new BatchGetItemCommand({ RequestItems: { [table]: keys } }));
    } catch (error) {
      throw namedFailure(error, 'BatchGetItem');
    }
  };
  return async (keys) => {
    const distinct = [...new Map(keys.map((key) => [`${key.pk.length} ${key.pk}${key.sk}`, key])).values()];
    const rows: AnyRow[] = [];
    const failures: unknown[] = [];
    await inParallel(chunksOf(distinct, mostKeys), lanes, async (chunk) => {
      await readAll(chunk, rows).catch((error: unknown) => failures.push(error));
    });
    if (failures.length > 0) throw failures[0];
    return rows;
  };
};

const waitFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const chunksOf = <Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));

const toRow = (item: Record<string, unknown>): AnyRow => {
  const { pk, sk } = item;
  if (typeof pk === 'string' && typeof sk === 'string') return { ...item, pk, sk };
  throw new Error('A row of the table has no key.');
};
