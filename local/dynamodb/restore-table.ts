import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';
import type { Backend, Backends } from './backend.ts';
import type { DynoxideFile } from './dynoxide-file.ts';
import type { RestoredTable } from './restored-tables.ts';
import { type Table, type Tables, tableArn } from './tables.ts';

/** What a restore makes of what. */
export interface TableRestore {
  readonly source: Table;
  readonly target: string;
  /** The instant whose rows are wanted. */
  readonly atMs: number;
  readonly accountId: string;
  /** Encrypts the new table. @default the source's */
  readonly kmsKeyId?: string;
}

export interface RestoreDeps {
  readonly backends: Backends;
  readonly tables: Tables;
}

const batchSize = 25;

/**
 * Makes a table with the rows that another had at an instant: keys and indexes as there, and as on AWS no TTL, no stream, no
 * recovery and no protection. A table that a killed restore left half filled is not known to anybody and is made anew.
 */
export const restoreTable = async (deps: RestoreDeps, restore: TableRestore): Promise<Table> => {
  const { source, target } = restore;
  if (deps.tables.find(source.region, target) !== undefined) {
    throw new AwsError('TableAlreadyExistsException', 400, `Table already exists: ${target}`);
  }
  const backend = await deps.backends.forRegion(source.homeRegion);
  const file = undoFile(backend);
  const described = objectAt(await backend.call('DescribeTable', { TableName: source.name }), 'Table');
  await dropUnknown(backend, target);
  await backend.call('CreateTable', createInput(described, target));
  for (const page of file.undo.itemsAt(source.name, restore.atMs)) await writeItems(backend, target, page);
  const table = restoredTable(restore);
  file.restored.put(table);
  return adoptTable(deps.tables, table);
};

/** Makes a restored table known to the service. */
export const adoptTable = (tables: Tables, restored: RestoredTable): Table => {
  const { name, region, arn, key, indexes, kmsKeyId } = restored;
  const keyOf = ({ partition, sort }: RestoredTable['key']) => ({ partition, sort });
  const table: Table = {
    name,
    region,
    homeRegion: region,
    arn,
    key: keyOf(key),
    indexes: new Map(indexes.map(([index, itsKey]) => [index, keyOf(itsKey)])),
    kmsKeyId,
    ttlAttribute: undefined,
    streamLabel: undefined,
    pointInTimeRecoveryDays: undefined,
    deletionProtection: false,
    resourcePolicy: undefined,
  };
  tables.put(table);
  return table;
};

/** Removes a table, a restored one with its entry; of one whose past is kept there is a last backup. */
export const deleteTable = async ({ backends, tables }: RestoreDeps, table: Table, nowMs: number): Promise<void> => {
  if (table.deletionProtection) {
    throw new AwsError(
      'ValidationException',
      400,
      `Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.`,
    );
  }
  const backend = await backends.forRegion(table.homeRegion);
  const undo = backend.file?.undo;
  if (undo?.since(table.name) === undefined) undo?.forget(table.name);
  else undo.bury(table.name, nowMs);
  await backend.call('DeleteTable', { TableName: table.name });
  backend.file?.restored.remove(table.name);
  tables.remove(table);
};

/** The file that holds the way back; somebody else's DynamoDB has none here. */
export const undoFile = ({ file }: Backend): DynoxideFile => {
  if (file !== undefined) return file;
  throw new AwsError(
    'PointInTimeRecoveryUnavailableException',
    400,
    'Point in time recovery needs the DynamoDB that the platform runs itself; leave DYNAMODB_ENDPOINT out.',
  );
};

const dropUnknown = async (backend: Backend, name: string): Promise<void> => {
  try {
    await backend.call('DeleteTable', { TableName: name });
  } catch (error) {
    if (!(error instanceof AwsError && error.code === 'ResourceNotFoundException')) throw error;
  }
};

const createInput = (described: JsonObject, TableName: string) => {
  const indexes = (name: string) =>
    listAt(described, name)
      .filter(isJsonObject)
      .map((index) => ({
        IndexName: textAt(index, 'IndexName'),
        KeySchema: index['KeySchema'],
        Projection: index['Projection'],
      }));
  const [globals, locals] = [indexes('GlobalSecondaryIndexes'), indexes('LocalSecondaryIndexes')];
  return {
    TableName,
    KeySchema: described['KeySchema'],
    AttributeDefinitions: described['AttributeDefinitions'],
    BillingMode: 'PAY_PER_REQUEST',
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
  };
};

const writeItems = async (backend: Backend, table: string, items: readonly JsonObject[]): Promise<void> => {
  for (let start = 0; start < items.length; start += batchSize) {
    const batch = items.slice(start, start + batchSize).map((Item) => ({ PutRequest: { Item } }));
    await backend.call('BatchWriteItem', { RequestItems: { [table]: batch } });
  }
};

const restoredTable = ({ source, target, atMs, accountId, kmsKeyId }: TableRestore): RestoredTable => {
  const key = kmsKeyId ?? source.kmsKeyId;
  const keyOf = ({ partition, sort }: Table['key']) => ({ partition, ...(sort !== undefined && { sort }) });
  return {
    name: target,
    region: source.region,
    arn: tableArn(source.region, accountId, target),
    key: keyOf(source.key),
    indexes: [...source.indexes].map(([name, itsKey]) => [name, keyOf(itsKey)] as const),
    ...(key !== undefined && { kmsKeyId: key }),
    sourceArn: source.arn,
    restoredToMs: atMs,
  };
};
