import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { type HoldScope, holdPk, joinKey, retentionPk } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import type { HoldRow } from '../../core/retention/hold-row.ts';
import type { CaseStatus } from '../../core/retention/inputs.ts';
import type { RetentionRuleRow } from '../../core/retention/rule-row.ts';
import { namedFailure } from './aws-failure.ts';

/** What decides over assets besides their own rows; every read is strongly consistent. */
export interface RetentionTable {
  /** Every rule of a tenant and its users. */
  rules(tenant: string): Promise<readonly RetentionRuleRow[]>;
  /** Every hold of a scope, released and ended ones included, oldest first. */
  holdsOf(tenant: string, scope: HoldScope, scopeId: string): Promise<readonly HoldRow[]>;
  /** Undefined where nobody keeps a case of this id. */
  caseStatus(tenant: string, caseId: string): Promise<CaseStatus | undefined>;
}

/** The retention rows of the catalog table. */
export const createRetentionTable = (client: DynamoDBDocumentClient, table: string): RetentionTable => ({
  rules: (tenant) => wholePartition(client, table, retentionPk(tenant), isRule),
  holdsOf: (tenant, scope, scopeId) => wholePartition(client, table, holdPk(tenant, scope, scopeId), isHold),
  async caseStatus(tenant, caseId) {
    const Key = { pk: joinKey(tenant, 'case', caseId), sk: 'case' };
    try {
      const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return statusOf(Item);
    } catch (error) {
      throw namedFailure(error, 'GetItem');
    }
  },
});

type Item = Record<string, unknown>;

const wholePartition = async <Row>(
  client: DynamoDBDocumentClient,
  table: string,
  pk: string,
  is: (item: Item) => item is Item & Row,
): Promise<readonly Row[]> => {
  const rows: Row[] = [];
  let ExclusiveStartKey: Record<string, unknown> | undefined;
  do {
    const input = {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ExclusiveStartKey,
    };
    try {
      const { Items = [], LastEvaluatedKey } = await client.send(new QueryCommand(input));
      rows.push(...Items.map((item) => expectRow(item, is)));
      ExclusiveStartKey = LastEvaluatedKey;
    } catch (error) {
      throw namedFailure(error, 'Query');
    }
  } while (ExclusiveStartKey !== undefined);
  return rows;
};

/** A row that cannot be read might be a hold: nobody may decide as if it were not there. */
const expectRow = <Row>(item: Item, is: (item: Item) => item is Item & Row): Row => {
  if (is(item)) return item;
  throw new MediakeepError('internal', 'A row of retention is not of the form that this version writes.');
};

const isRule = (item: Item): item is Item & RetentionRuleRow =>
  item['kind'] === 'retention' && typeof item['deleteAfter'] === 'number';

const isHold = (item: Item): item is Item & HoldRow => item['kind'] === 'hold' && typeof item['summary'] === 'object';

const statusOf = (item: Record<string, unknown> | undefined): CaseStatus | undefined => {
  const status = item?.['status'];
  if (item === undefined || status === 'closed') return item === undefined ? undefined : 'closed';
  if (status === 'active' || status === 'pending') return status;
  throw new MediakeepError('internal', 'The row of a case has no status that this version knows.');
};
