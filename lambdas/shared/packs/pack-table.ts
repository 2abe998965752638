import {
  BatchGetCommand,
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import {
  indexKeys,
  indexNames,
  packedKey,
  packKey,
  packMembersPartition,
  packsPartition,
  type TableKey,
} from '../../../core/catalog/keys.ts';
import type { ErasureTable } from '../../../core/pack/erase.ts';
import type { PackedRow, PackRow } from '../../../core/pack/packed-row.ts';
import type { PackTable } from '../../../core/pack/ports.ts';
import { namedFailure } from '../aws-failure.ts';
import { isConditionFailed } from '../dynamodb-client.ts';
import { mapInParallel } from '../map-in-parallel.ts';
import { toPackedRow, toPackRow } from './packed-item.ts';

const rowIsNew = 'attribute_not_exists(pk)';
const revisionIsUnchanged = 'revision = :expected';
const namesThisPack = 'pack.packId = :pack';
const isOursToPut =
  'attribute_not_exists(pk) OR (attribute_not_exists(erasedAt) AND (#pack.packId = :packId OR #pack.packId = :over))';
const isErasable = 'pack.packId = :pack AND attribute_not_exists(erasedAt)';

const mostKeys = 100;
const lanes = 8;

/** The rows of packs in the catalog table. */
export const createPackTable = (client: DynamoDBDocumentClient, table: string): PackTable & ErasureTable => {
  const list = async (partition: string): Promise<readonly TableKey[]> => {
    const keys: TableKey[] = [];
    let ExclusiveStartKey: Record<string, unknown> | undefined;
    do {
      const page = await named('Query', () =>
        client.send(
          new QueryCommand({
            TableName: table,
            IndexName: indexNames.byKind,
            KeyConditionExpression: `${indexKeys[indexNames.byKind].pk} = :pk`,
            ExpressionAttributeValues: { ':pk': partition },
            ExclusiveStartKey,
          }),
        ),
      );
      keys.push(...(page.Items ?? []).map(({ pk, sk }) => ({ pk: String(pk), sk: String(sk) })));
      ExclusiveStartKey = page.LastEvaluatedKey;
    } while (ExclusiveStartKey !== undefined);
    return keys;
  };
  const read = async (keys: readonly TableKey[]): Promise<readonly Record<string, unknown>[]> => {
    const chunks = Array.from({ length: Math.ceil(keys.length / mostKeys) }, (_, index) =>
      keys.slice(index * mostKeys, (index + 1) * mostKeys),
    );
    return (await mapInParallel(chunks, 4, readChunk)).flat();
  };
  const readChunk = async (keys: readonly TableKey[]): Promise<readonly Record<string, unknown>[]> => {
    const found: Record<string, unknown>[] = [];
    let left: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
    while (left.length > 0) {
      const request = { RequestItems: { [table]: { Keys: left, ConsistentRead: true } } };
      const answer = await named('BatchGetItem', () => client.send(new BatchGetCommand(request)));
      found.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  };
  const put = (row: PackRow | PackedRow, condition: string, values?: Record<string, unknown>): Promise<boolean> =>
    unlessConditionFails('PutItem', () =>
      client.send(
        new PutCommand({
          TableName: table,
          Item: row,
          ConditionExpression: condition,
          ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        }),
      ),
    );
  return {
    readPack: async (tenant, packId) => {
      const request = { TableName: table, Key: packKey(tenant, packId), ConsistentRead: true };
      const { Item } = await named('GetItem', () => client.send(new GetCommand(request)));
      return Item === undefined ? undefined : toPackRow(Item);
    },
    listPacks: async (tenant, state) => (await read(await list(packsPartition(tenant, state)))).map(toPackRow),
    addPack: async (row) => {
      if (!(await put(row, rowIsNew))) throw new Error(`A pack ${row.packId} is there already.`);
    },
    changePack: (row, expected) => put(row, revisionIsUnchanged, { ':expected': expected }),
    removePack: async ({ tenant, packId }) => {
      await named('DeleteItem', () =>
        client.send(new DeleteCommand({ TableName: table, Key: packKey(tenant, packId) })),
      );
    },
    readMembers: async (tenant, assetIds) => {
      const rows = await read(assetIds.map((assetId) => packedKey(tenant, assetId)));
      return new Map(rows.map(toPackedRow).map((row) => [row.member.assetId, row]));
    },
    listMembers: async (tenant, packId) =>
      (await read(await list(packMembersPartition(tenant, packId)))).map(toPackedRow),
    adopt: async (rows, over) => {
      await mapInParallel(rows, lanes, ({ pk, sk, ...row }) => {
        const names = Object.keys(row);
        return unlessConditionFails('UpdateItem', () =>
          client.send(
            new UpdateCommand({
              TableName: table,
              Key: { pk, sk },
              // Field by field, so that whether it is deleted stays as it is.
              UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
              ConditionExpression: isOursToPut,
              ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
              ExpressionAttributeValues: {
                ...Object.fromEntries(Object.entries(row).map(([name, value]) => [`:${name}`, value])),
                ':packId': row.pack.packId,
                ':over': over ?? row.pack.packId,
              },
            }),
          ),
        );
      });
    },
    drop: async (tenant, assetIds, packId) => {
      await mapInParallel(assetIds, lanes, (assetId) =>
        unlessConditionFails('DeleteItem', () =>
          client.send(
            new DeleteCommand({
              TableName: table,
              Key: packedKey(tenant, assetId),
              ConditionExpression: namesThisPack,
              ExpressionAttributeValues: { ':pack': packId },
            }),
          ),
        ),
      );
    },
    erase: async (member, pack, expected) => {
      const transaction = new TransactWriteCommand({
        TransactItems: [
          {
            Put: {
              TableName: table,
              Item: member,
              ConditionExpression: isErasable,
              ExpressionAttributeValues: { ':pack': member.pack.packId },
            },
          },
          {
            Put: {
              TableName: table,
              Item: pack,
              ConditionExpression: revisionIsUnchanged,
              ExpressionAttributeValues: { ':expected': expected },
            },
          },
        ],
      });
      try {
        await client.send(transaction);
        return true;
      } catch (error) {
        if (error instanceof Error && error.name === 'TransactionCanceledException') return false;
        throw namedFailure(error, 'TransactWriteItems');
      }
    },
  };
};

const named = async <Answer>(call: string, send: () => Promise<Answer>): Promise<Answer> => {
  try {
    return await send();
  } catch (error) {
    throw namedFailure(error, call);
  }
};

const unlessConditionFails = async (call: string, send: () => Promise<unknown>): Promise<boolean> => {
  try {
    await send();
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    throw namedFailure(error, call);
  }
};
