import { isDeepStrictEqual } from 'node:util';
import { AwsError } from '../aws/aws-error.ts';
import { isJsonObject, type JsonObject, listAt, objectAt, textAt } from '../aws/json-object.ts';
import type { Backend } from './backend.ts';
import type { TableDeclaration } from './table-properties.ts';

/** What the template needs to know of a table that exists. */
export interface CreatedTable {
  readonly tableId: string;
  /** The last part of the stream's ARN; undefined for a table without a stream. */
  readonly streamLabel: string | undefined;
}

/** Creates the table, or brings one that is there to what the template says; items are kept. */
export const createTable = async (backend: Backend, declaration: TableDeclaration): Promise<CreatedTable> => {
  const existing = await describe(backend, declaration.name);
  if (existing === undefined) await backend.call('CreateTable', createInput(declaration));
  else await update(backend, declaration, existing);
  await setTtl(backend, declaration);
  const table = await describe(backend, declaration.name);
  if (table === undefined) throw new Error(`The table ${declaration.name} was created and is not there.`);
  return { tableId: textAt(table, 'TableId') ?? declaration.name, streamLabel: streamLabel(declaration, table) };
};

const describe = async (backend: Backend, name: string): Promise<JsonObject | undefined> => {
  try {
    return objectAt(await backend.call('DescribeTable', { TableName: name }), 'Table');
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
    throw error;
  }
};

const createInput = (declaration: TableDeclaration) => ({
  TableName: declaration.name,
  KeySchema: declaration.keySchema,
  AttributeDefinitions: declaration.attributes,
  BillingMode: 'PAY_PER_REQUEST',
  ...(declaration.globalIndexes.length > 0 ? { GlobalSecondaryIndexes: declaration.globalIndexes } : {}),
  ...(declaration.localIndexes.length > 0 ? { LocalSecondaryIndexes: declaration.localIndexes } : {}),
  ...(declaration.streamViewType === undefined
    ? {}
    : { StreamSpecification: { StreamEnabled: true, StreamViewType: declaration.streamViewType } }),
});

const update = async (backend: Backend, declaration: TableDeclaration, existing: JsonObject): Promise<void> => {
  const { name, keySchema, globalIndexes, attributes } = declaration;
  if (!isDeepStrictEqual(listAt(existing, 'KeySchema'), keySchema)) {
    throw new Error(
      `The template changes the key of table ${name}, which AWS does by making another table. ` +
        'Give it another logical id, or start afresh with `mediakeep local reset`.',
    );
  }
  const found = listAt(existing, 'GlobalSecondaryIndexes').filter(isJsonObject);
  const stale = found.filter((index) => !globalIndexes.some((wanted) => sameIndex(index, wanted)));
  for (const index of stale) await updateIndexes(backend, name, { Delete: { IndexName: textAt(index, 'IndexName') } });
  const missing = globalIndexes.filter((wanted) => !found.some((index) => sameIndex(index, wanted)));
  for (const index of missing) await updateIndexes(backend, name, { Create: index }, attributes);
  const stream = objectAt(existing, 'StreamSpecification');
  if (textAt(stream, 'StreamViewType') === declaration.streamViewType) return;
  if (stream['StreamEnabled'] === true) await setStream(backend, name, { StreamEnabled: false });
  if (declaration.streamViewType === undefined) return;
  await setStream(backend, name, { StreamEnabled: true, StreamViewType: declaration.streamViewType });
};

const sameIndex = (index: JsonObject, wanted: TableDeclaration['globalIndexes'][number]): boolean =>
  index['IndexName'] === wanted.IndexName &&
  isDeepStrictEqual(index['KeySchema'], wanted.KeySchema) &&
  isDeepStrictEqual(projection(index['Projection']), projection(wanted.Projection));

const projection = (value: unknown): unknown =>
  isJsonObject(value) ? [value['ProjectionType'] ?? 'ALL', [...listAt(value, 'NonKeyAttributes')].sort()] : value;

const updateIndexes = (backend: Backend, table: string, change: unknown, attributes?: unknown): Promise<JsonObject> =>
  backend.call('UpdateTable', {
    TableName: table,
    AttributeDefinitions: attributes,
    GlobalSecondaryIndexUpdates: [change],
  });

const setStream = (backend: Backend, table: string, specification: unknown): Promise<JsonObject> =>
  backend.call('UpdateTable', { TableName: table, StreamSpecification: specification });

/** The platform expires items itself; Dynoxide is told so that DescribeTimeToLive answers truly. */
const setTtl = async (backend: Backend, { name, ttlAttribute }: TableDeclaration): Promise<void> => {
  const known = objectAt(await backend.call('DescribeTimeToLive', { TableName: name }), 'TimeToLiveDescription');
  const enabled = textAt(known, 'TimeToLiveStatus') === 'ENABLED' ? textAt(known, 'AttributeName') : undefined;
  if (enabled !== ttlAttribute) {
    if (enabled !== undefined) await specifyTtl(backend, name, { Enabled: false, AttributeName: enabled });
    if (ttlAttribute !== undefined) await specifyTtl(backend, name, { Enabled: true, AttributeName: ttlAttribute });
  }
  if (ttlAttribute !== undefined) backend.file?.indexTtl(name, ttlAttribute);
};

const specifyTtl = (backend: Backend, table: string, specification: unknown): Promise<JsonObject> =>
  backend.call('UpdateTimeToLive', { TableName: table, TimeToLiveSpecification: specification });

const streamLabel = ({ streamViewType }: TableDeclaration, table: JsonObject): string | undefined =>
  streamViewType === undefined ? undefined : textAt(table, 'LatestStreamLabel');
