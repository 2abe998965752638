import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { TableKey } from '../../../core/catalog/keys.ts';
import { isConditionFailed } from '../../shared/dynamodb-client.ts';
import type { IdempotencyRecord, IdempotencyRecords } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';
import { readRow } from './rows.ts';

/** How long the same key gives the same answer. */
export const idempotencyTtlSeconds = 86_400;

// DynamoDB removes expired rows days late, so an expired row counts as none.
const noLivingRow = 'attribute_not_exists(pk) OR expiresAt <= :now';
const isOwned = '#owner = :owner';

interface Row extends IdempotencyRecord, TableKey {
  readonly kind: 'idempotency';
  readonly expiresAt: number;
}

/** The idempotency rows of the catalog table. */
export const createIdempotencyRecords = (client: DynamoDBDocumentClient, table: string): IdempotencyRecords => {
  const rowOf = (key: TableKey, record: IdempotencyRecord): Row => ({
    ...key,
    ...record,
    kind: 'idempotency',
    expiresAt: Math.ceil(record.startedAt / 1000) + idempotencyTtlSeconds,
  });
  return {
    start: async (key, record, now) => {
      try {
        await client.send(
          new PutCommand({
            TableName: table,
            Item: rowOf(key, record),
            ConditionExpression: noLivingRow,
            ExpressionAttributeValues: { ':now': Math.floor(now / 1000) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return undefined;
      } catch (error) {
        if (!isConditionFailed(error)) throw error;
        return oldRow(error);
      }
    },
    get: async (key) => {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
      return readRow<Row>(Item, 'idempotency');
    },
    takeOver: async (key, record, deadOwner) => {
      return unlessConditionFails(
        client.send(
          new PutCommand({
            TableName: table,
            Item: rowOf(key, record),
            ConditionExpression: `${isOwned} AND attribute_not_exists(outcome)`,
            ExpressionAttributeNames: { '#owner': 'owner' },
            ExpressionAttributeValues: { ':owner': deadOwner },
          }),
        ),
      );
    },
    finish: async (key, owner, outcome) => {
      await client.send(
        new UpdateCommand({
          TableName: table,
          Key: key,
          UpdateExpression: 'SET outcome = :outcome',
          ConditionExpression: isOwned,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner, ':outcome': outcome },
        }),
      );
    },
    forget: async (key, owner) => {
      await client.send(
        new DeleteCommand({
          TableName: table,
          Key: key,
          ConditionExpression: isOwned,
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': owner },
        }),
      );
    },
  };
};

/** The row that stood in the way, which the failed condition brings along in DynamoDB's own form. */
const oldRow = (error: unknown): IdempotencyRecord => {
  const item = error instanceof Error && 'Item' in error ? error.Item : undefined;
  const row = readRow<Row>(item === undefined ? undefined : unmarshallItem(item), 'idempotency');
  if (row === undefined) throw new Error('A failed condition came without the row that failed it', { cause: error });
  return row;
};

const unmarshallItem = (item: unknown): Record<string, unknown> => {
  const record = item as Parameters<typeof unmarshall>[0];
  return 'kind' in record && typeof record['kind'] === 'string' ? record : unmarshall(record);
};
