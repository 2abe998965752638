import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { MemberRow } from '../../../core/catalog/asset-row.ts';
import { indexKeys, indexNames, joinKey, memberKey, membersPartition } from '../../../core/catalog/keys.ts';
import type { Members, Position } from '../ports.ts';
import { unlessConditionFails } from './condition.ts';
import { readRow, readRows } from './rows.ts';

const rowIsNew = 'attribute_not_exists(pk)';
const revisionIsUnchanged = 'revision = :revision';
const isActiveAdmin = 'contains(#roles, :admin) AND #state = :active';

/** The membership rows of the catalog table. */
export const createMembers = (client: DynamoDBDocumentClient, table: string): Members => ({
  get: async (principal, tenant) => {
    const { Item } = await client.send(
      new GetCommand({ TableName: table, Key: memberKey(principal, tenant), ConsistentRead: true }),
    );
    return readRow<MemberRow>(Item, 'member');
  },
  of: async (principal) => {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
        ExpressionAttributeValues: { ':pk': joinKey('principal', principal), ':sk': `${joinKey('member')}#` },
        ConsistentRead: true,
      }),
    );
    return readRows<MemberRow>(Items, ['member']);
  },
  list: async (tenant, limit, position) => {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        IndexName: indexNames.byKind,
        KeyConditionExpression: `${indexKeys[indexNames.byKind].pk} = :pk`,
        ExpressionAttributeValues: { ':pk': membersPartition(tenant) },
        Limit: limit,
        ExclusiveStartKey: position,
      }),
    );
    const rows = readRows<{ kind: 'member'; summary: MemberRow['summary'] }>(Items, ['member']);
    return { items: rows.map(({ summary }) => summary), next: LastEvaluatedKey as Position | undefined };
  },
  add: (row) =>
    unlessConditionFails(client.send(new PutCommand({ TableName: table, Item: row, ConditionExpression: rowIsNew }))),
  replace: (current, next, witness) => {
    const change = changeOf(table, current, next);
    if (witness !== undefined)
      return unlessConditionFails(client.send(witnessed(table, change, memberKey(witness, current.tenant))));
    return unlessConditionFails(
      'Put' in change ? client.send(new PutCommand(change.Put)) : client.send(new DeleteCommand(change.Delete)),
    );
  },
});

type Condition = { TableName: string; ConditionExpression: string; ExpressionAttributeValues: Record<string, unknown> };
type Change =
  | { Put: Condition & { Item: Record<string, unknown> } }
  | { Delete: Condition & { Key: { pk: string; sk: string } } };

const changeOf = (table: string, current: MemberRow, next: MemberRow | undefined): Change => {
  const condition = {
    TableName: table,
    ConditionExpression: revisionIsUnchanged,
    ExpressionAttributeValues: { ':revision': current.revision },
  };
  if (next !== undefined) return { Put: { ...condition, Item: { ...next } } };
  return { Delete: { ...condition, Key: memberKey(current.principal, current.tenant) } };
};

/** Two administrators who take each other's rights at once cannot both succeed: each change rests on the other's row. */
const witnessed = (table: string, change: Change, witness: { pk: string; sk: string }): TransactWriteCommand => {
  const items: TransactWriteCommandInput['TransactItems'] = [
    change,
    {
      ConditionCheck: {
        TableName: table,
        Key: witness,
        ConditionExpression: isActiveAdmin,
        ExpressionAttributeNames: { '#roles': 'roles', '#state': 'state' },
        ExpressionAttributeValues: { ':admin': 'admin', ':active': 'active' },
      },
    },
  ];
  return new TransactWriteCommand({ TransactItems: items });
};
