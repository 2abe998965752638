import { AwsError, notImplemented } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject, objectAt, textAt } from '../aws/json-object.ts';
import { type Backend, type BackendAnswer, type Backends, dataTarget, streamsTarget } from './backend.ts';
import { type PermissionDeps, permitAccess, permitListing, permitStream, type Requester } from './permission.ts';
import type { RecoveryDeps } from './recovery-deps.ts';
import { recoveryOperation } from './recovery-operations.ts';
import { streamAnswer, streamRequest } from './stream-answers.ts';
import { tableAccesses } from './table-access.ts';
import { type Table, tableName } from './tables.ts';

export interface OperationDeps extends PermissionDeps {
  readonly backends: Backends;
}

export interface Operation {
  readonly request: Requester;
  readonly name: string;
  readonly input: JsonObject;
  /** The input as it came. */
  readonly text: string;
}

/** An operation that is permitted and has only to be carried to where the items are. */
export interface Carriage {
  readonly backend: Backend;
  readonly text: string;
  /** The tables of the operation, each once. */
  readonly tables: readonly Table[];
  /** Those that it writes. */
  readonly written: readonly Table[];
}

const writes = new Set(['BatchWriteItem', 'DeleteItem', 'PutItem', 'TransactWriteItems', 'UpdateItem']);

/** Operations whose answer passes as it is. */
export const itemOperations: ReadonlySet<string> = new Set([
  ...writes,
  'BatchGetItem',
  'GetItem',
  'Query',
  'Scan',
  'TransactGetItems',
]);

/** Answers an operation of the target `DynamoDB_20120810`; tells of the tables that it wrote. */
export const dataOperation = async (
  deps: RecoveryDeps,
  operation: Operation,
  tellOf: (table: Table) => void,
): Promise<BackendAnswer> => {
  const { request, name } = operation;
  if (name === 'ListTables') return listTables(deps, request);
  const recovered = await recoveryOperation(deps, operation);
  if (recovered !== undefined) return recovered;
  const { backend, text, tables, written } = await permitted(deps, operation);
  const forwarded = await backend.forward(`${dataTarget}.${name}`, text);
  if (forwarded.status === 200) for (const table of written) tellOf(table);
  const [table] = tables;
  return name === 'DescribeTable' && table !== undefined && forwarded.status === 200
    ? describedTable(forwarded, table)
    : forwarded;
};

/** Asks IAM and KMS about all that an operation does to tables; throws the AwsError of a refusal. */
export const permitted = async (deps: OperationDeps, operation: Operation): Promise<Carriage> => {
  const { request, name, input } = operation;
  const accesses = tableAccesses(name, input);
  if (accesses === undefined) throw notImplemented(`dynamodb:${name}`);
  for (const access of accesses) permitAccess(deps, request, access);
  const tables = [...new Set(accesses.map((access) => deps.tables.get(request.region, access.table)))];
  const backend = await deps.backends.forRegion(tables[0]?.homeRegion ?? request.region);
  return { backend, text: plainNames(operation), tables, written: writes.has(name) ? tables : [] };
};

/** Answers an operation of the target `DynamoDBStreams_20120810`. */
export const streamOperation = async (
  deps: OperationDeps,
  { request, name, input }: Operation,
): Promise<BackendAnswer> => {
  if (name === 'ListStreams') return listStreams(deps, request, input);
  if (!['DescribeStream', 'GetShardIterator', 'GetRecords'].includes(name)) throw notImplemented(`dynamodb:${name}`);
  const table = deps.tables.get(request.region, streamTable(name, input));
  permitStream(deps, request, name, table);
  const backend = await deps.backends.forRegion(table.homeRegion);
  return rewriteStream(backend, { name, input, region: request.region });
};

const rewriteStream = async (
  backend: Backend,
  { name, input, region }: { name: string; input: JsonObject; region: string },
): Promise<BackendAnswer> => {
  const forwarded = await backend.forward(`${streamsTarget}.${name}`, JSON.stringify(streamRequest(input)));
  const value: unknown = JSON.parse(forwarded.body.toString('utf8'));
  return forwarded.status === 200 && isJsonObject(value) ? answer(streamAnswer(name, value, region)) : forwarded;
};

const streamTable = (operation: string, input: JsonObject): string => {
  if (operation !== 'GetRecords') {
    return /:table\/([^/]+)\/stream\//.exec(textAt(input, 'StreamArn') ?? '')?.[1] ?? '';
  }
  try {
    const iterator: unknown = JSON.parse(Buffer.from(textAt(input, 'ShardIterator') ?? '', 'base64').toString('utf8'));
    if (isJsonObject(iterator)) return textAt(iterator, 'table_name') ?? '';
  } catch {
    // Falls through: an iterator that is not one of ours is refused like any other.
  }
  throw new AwsError('ValidationException', 400, 'Invalid ShardIterator');
};

const listTables = (deps: OperationDeps, request: Requester): BackendAnswer => {
  permitListing(deps, request, 'ListTables');
  return answer({ TableNames: tablesOf(deps, request).map(({ name }) => name) });
};

const listStreams = (deps: OperationDeps, request: Requester, input: JsonObject): BackendAnswer => {
  permitListing(deps, request, 'ListStreams');
  const only = textAt(input, 'TableName');
  const streams = tablesOf(deps, request)
    .filter(({ name, streamLabel }) => streamLabel !== undefined && (only === undefined || name === tableName(only)))
    .map(({ name, arn, streamLabel }) => ({
      StreamArn: `${arn}/stream/${streamLabel}`,
      TableName: name,
      StreamLabel: streamLabel,
    }));
  return answer({ Streams: streams });
};

const tablesOf = (deps: OperationDeps, { region }: Requester): Table[] =>
  deps.tables
    .all()
    .filter((table) => table.region === region)
    .sort((a, b) => (a.name < b.name ? -1 : 1));

/** The body for Dynoxide, which knows tables by name only: an ARN is replaced, everything else passes byte by byte. */
const plainNames = ({ input, text }: Operation): string => {
  if (!text.includes('arn:aws:dynamodb:')) return text;
  const items = Object.entries(objectAt(input, 'RequestItems')).map(([name, part]) => [tableName(name), part]);
  const requestItems = items.length > 0 ? { RequestItems: Object.fromEntries(items) } : {};
  return JSON.stringify({ ...input, ...requestItems }, (key, value: unknown) =>
    key === 'TableName' && typeof value === 'string' ? tableName(value) : value,
  );
};

const describedTable = (forwarded: BackendAnswer, table: Table): BackendAnswer => {
  const text = forwarded.body
    .toString('utf8')
    .replaceAll('arn:aws:dynamodb:dynoxide:000000000000:', table.arn.slice(0, table.arn.indexOf('table/')));
  const value: unknown = JSON.parse(text);
  if (!isJsonObject(value)) return forwarded;
  const sse = { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: table.kmsKeyId };
  return answer({
    Table: {
      ...objectAt(value, 'Table'),
      DeletionProtectionEnabled: table.deletionProtection,
      ...(table.kmsKeyId === undefined ? {} : { SSEDescription: sse }),
    },
  });
};

const answer = (value: unknown): BackendAnswer => ({ status: 200, body: Buffer.from(JSON.stringify(value)) });
