import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';
import { namedAttributes, queriedPartition, scalar } from './expression-attributes.ts';
import { type Table, tableName } from './tables.ts';

/** One thing that a request does to one table: what IAM is asked about. */
export interface TableAccess {
  /** Without the service: `PutItem`. */
  readonly action: string;
  readonly table: string;
  readonly index?: string;
  /** The part of the request that concerns this table. */
  readonly input: JsonObject;
  /** Keys of a batch; otherwise the key stands in the input. */
  readonly keys?: readonly unknown[];
  /** `TransactWriteItems` and the like, where the action is one of several in a request. */
  readonly enclosing?: string;
}

const transactActions = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** What an operation on items does, table by table; undefined for an operation that is none. */
export const tableAccesses = (operation: string, input: JsonObject): TableAccess[] | undefined => {
  switch (operation) {
    case 'GetItem':
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem':
    case 'Query':
    case 'Scan':
    case 'DescribeTable':
    case 'DescribeTimeToLive':
      return [{ action: operation, input, ...target(input) }];
    case 'BatchGetItem':
      return batch(operation, input, (part) => listAt(part, 'Keys'));
    case 'BatchWriteItem':
      return batch(operation, input, () => []);
    case 'TransactWriteItems':
      return transaction(input, operation, transactActions);
    case 'TransactGetItems':
      return transaction(input, operation, { Get: 'GetItem' });
    default:
      return undefined;
  }
};

const target = (input: JsonObject): { table: string; index?: string } => {
  const index = textAt(input, 'IndexName');
  return { table: tableName(textAt(input, 'TableName') ?? ''), ...(index === undefined ? {} : { index }) };
};

const batch = (action: string, input: JsonObject, keysOf: (part: JsonObject) => readonly unknown[]): TableAccess[] =>
  Object.entries(objectAt(input, 'RequestItems')).map(([table, part]) =>
    Array.isArray(part)
      ? { action, table: tableName(table), input: {}, keys: part.map(writtenKey) }
      : {
          action,
          table: tableName(table),
          input: isJsonObject(part) ? part : {},
          keys: isJsonObject(part) ? keysOf(part) : [],
        },
  );

const writtenKey = (request: unknown): JsonObject => {
  if (!isJsonObject(request)) return {};
  const put = objectAt(objectAt(request, 'PutRequest'), 'Item');
  return Object.keys(put).length > 0 ? put : objectAt(objectAt(request, 'DeleteRequest'), 'Key');
};

const transaction = (input: JsonObject, enclosing: string, actions: Readonly<Record<string, string>>): TableAccess[] =>
  listAt(input, 'TransactItems').flatMap((item) =>
    isJsonObject(item)
      ? Object.entries(actions)
          .map(([kind, action]) => ({ action, part: objectAt(item, kind) }))
          .filter(({ part }) => Object.keys(part).length > 0)
          .map(({ action, part }) => ({ action, input: part, enclosing, ...target(part) }))
      : [],
  );

/** The condition keys of DynamoDB for one access. */
export const accessContext = (
  access: TableAccess,
  table: Table | undefined,
): Record<string, string | string[] | undefined> => {
  const attributes = [...new Set([...namedAttributes(access.input), ...(access.keys ?? []).flatMap(namesOf)])];
  return {
    'dynamodb:LeadingKeys': table === undefined ? undefined : leadingKeys(access, table),
    'dynamodb:Attributes': attributes.length > 0 ? attributes : undefined,
    'dynamodb:Select': select(access),
    'dynamodb:ReturnValues': textAt(access.input, 'ReturnValues'),
    'dynamodb:ReturnConsumedCapacity': textAt(access.input, 'ReturnConsumedCapacity'),
    'dynamodb:EnclosingOperation': access.enclosing,
  };
};

const namesOf = (key: unknown): string[] => (isJsonObject(key) ? Object.keys(key) : []);

const leadingKeys = (access: TableAccess, table: Table): string[] | undefined => {
  const { partition } = (access.index === undefined ? table.key : table.indexes.get(access.index)) ?? table.key;
  const keys = access.keys ?? [objectAt(access.input, 'Key'), objectAt(access.input, 'Item')];
  const values = keys.map((key) => (isJsonObject(key) ? scalar(key[partition]) : undefined));
  const found = [...values, queriedPartition(access.input, partition)].filter((value) => value !== undefined);
  return found.length > 0 ? found : undefined;
};

const select = ({ action, index, input }: TableAccess): string | undefined => {
  if (!['Query', 'Scan', 'GetItem', 'BatchGetItem'].includes(action)) return undefined;
  const chosen = textAt(input, 'Select');
  if (chosen !== undefined) return chosen;
  if (input['ProjectionExpression'] !== undefined || input['AttributesToGet'] !== undefined)
    return 'SPECIFIC_ATTRIBUTES';
  return index === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
};
