import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { projectionKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import type { Count } from '../../core/statistics/count.ts';
import type { Part } from '../../core/statistics/parts.ts';
import { type Clock, days, isoTime } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';

/** How a part ended: written, or the position is not what was expected; nothing is written then. */
export type Committed =
  | { readonly kind: 'written' }
  | { readonly kind: 'moved'; readonly position: string | undefined }
  /** Another shard changes the same counters at this moment, or the table is too busy. */
  | { readonly kind: 'busy' };

/** The counter rows with the positions of the shards. */
export interface Counters {
  /** Up to where a shard is counted; undefined where nothing of it is. Strongly consistent. */
  position(shardId: string): Promise<string | undefined>;
  /** Adds a part's counts and moves the position, all or nothing. */
  commit(shardId: string, part: Part): Promise<Committed>;
}

/** Far past the day that a stream keeps its records. */
const positionTtlMs = days(8);
const positionIsNew = 'attribute_not_exists(pk)';
const positionIsUnchanged = '#sequence = :expected';
const conditionFailed = 'ConditionalCheckFailed';
const busyCodes = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

export const counterTable = (client: DynamoDBClient, table: string, clock: Clock): Counters => ({
  async position(shardId) {
    try {
      const Key = marshall(projectionKey(shardId));
      return sequenceIn((await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }))).Item);
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
  async commit(shardId, part) {
    const now = clock.now();
    const counts = part.counts.map((count) => addition(table, count, now));
    try {
      const TransactItems = [movedPosition(table, shardId, part, now), ...counts];
      await client.send(new TransactWriteItemsCommand({ TransactItems }));
      return { kind: 'written' };
    } catch (error) {
      if (error instanceof TransactionCanceledException) return cancelled(error);
      throw namedFailure(error, 'TransactWriteItems');
    }
  },
});

const movedPosition = (table: string, shardId: string, { from, to }: Part, now: number): TransactWriteItem => ({
  Put: {
    TableName: table,
    Item: marshall({
      ...projectionKey(shardId),
      kind: 'position',
      sequence: to,
      movedAt: isoTime(now),
      expiresAt: Math.ceil((now + positionTtlMs) / 1000),
    }),
    ...(from === undefined
      ? { ConditionExpression: positionIsNew }
      : {
          ConditionExpression: positionIsUnchanged,
          ExpressionAttributeNames: { '#sequence': 'sequence' },
          ExpressionAttributeValues: marshall({ ':expected': from }),
        }),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  },
});

const addition = (table: string, { key, tenant, add }: Count, now: number): TransactWriteItem => {
  const fields = Object.entries(add);
  const sums = fields.map((_, index) => `#n${index} :n${index}`).join(', ');
  return {
    Update: {
      TableName: table,
      Key: marshall(key),
      UpdateExpression: `SET #kind = :kind, #tenant = :tenant, #updatedAt = :now ADD ${sums}`,
      ExpressionAttributeNames: {
        '#kind': 'kind',
        '#tenant': 'tenant',
        '#updatedAt': 'updatedAt',
        ...Object.fromEntries(fields.map(([name], index) => [`#n${index}`, name])),
      },
      ExpressionAttributeValues: marshall({
        ':kind': 'count',
        ':tenant': tenant,
        ':now': isoTime(now),
        ...Object.fromEntries(fields.map(([, value], index) => [`:n${index}`, value])),
      }),
    },
  };
};

/** The first reason belongs to the position, the others to the counters. */
const cancelled = (error: TransactionCanceledException): Committed => {
  const reasons = error.CancellationReasons ?? [];
  if (reasons[0]?.Code === conditionFailed) return { kind: 'moved', position: sequenceIn(reasons[0].Item) };
  const codes = reasons.map(({ Code = 'None' }) => Code).filter((code) => code !== 'None');
  if (codes.length > 0 && codes.every((code) => busyCodes.has(code))) return { kind: 'busy' };
  throw new MediakeepError('internal', `The counters were refused: ${[...new Set(codes)].join(', ') || 'no reason'}.`, {
    cause: error,
  });
};

const sequenceIn = (item: Record<string, AttributeValue> | undefined): string | undefined => {
  if (item === undefined) return undefined;
  const { sequence } = unmarshall(item);
  if (typeof sequence === 'string' && /^\d{1,64}$/.test(sequence)) return sequence;
  throw new MediakeepError('internal', 'The position of a shard is no sequence number.');
};
