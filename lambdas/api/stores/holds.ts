import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
} from '@aws-sdk/lib-dynamodb';
import type { HoldRow, HoldSummary } from '../../../core/retention/hold-row.ts';
import { type RetentionRuleRow, retentionRuleKey } from '../../../core/retention/rule-row.ts';
import { holdOf, holdsOf } from '../../shared/hold-rows.ts';
import type { Holds, Position, RetentionRules } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';
import { readRow, readRows } from './rows.ts';

const rowIsNew = 'attribute_not_exists(pk)';
const revisionIsUnchanged = 'revision = :revision';

/** The rows of legal holds. */
export const createHolds = (client: DynamoDBDocumentClient, table: string): Holds => ({
  get: async (tenant, holdId) => {
    const row = holdOf(tenant, holdId, table);
    if (row === undefined) return undefined;
    const { Item } = await client.send(new GetCommand(row));
    return readRow<HoldRow>(Item, 'hold');
  },
  list: async (tenant, limit, position) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        ...holdsOf(tenant, table),
        ScanIndexForward: false,
        Limit: limit,
        ExclusiveStartKey: position,
      }),
    );
    const rows = readRows<{ kind: 'hold'; summary: HoldSummary }>(Items, ['hold']);
    return { items: rows.map(({ summary }) => summary), next: LastEvaluatedKey as Position | undefined };
  },
  place: (row) =>
    unlessConditionFails(client.send(new PutCommand({ TableName: table, Item: row, ConditionExpression: rowIsNew }))),
  replace: (current, next) =>
    unlessConditionFails(
      client.send(
        new PutCommand({
          TableName: table,
          Item: next,
          ConditionExpression: revisionIsUnchanged,
          ExpressionAttributeValues: { ':revision': current.revision },
        }),
      ),
    ),
});

/** The rows of what tenants and users say about how long to keep. */
export const createRetentionRules = (client: DynamoDBDocumentClient, table: string): RetentionRules => ({
  set: (row, current) =>
    unlessConditionFails(client.send(new PutCommand({ TableName: table, Item: row, ...unchangedSince(current) }))),
  remove: (current) =>
    unlessConditionFails(
      client.send(new DeleteCommand({ TableName: table, Key: retentionRuleKey(current), ...unchangedSince(current) })),
    ),
});

const unchangedSince = (current: RetentionRuleRow | undefined) =>
  current === undefined
    ? { ConditionExpression: rowIsNew }
    : {
        ConditionExpression: revisionIsUnchanged,
        ExpressionAttributeValues: { ':revision': current.revision },
      };
