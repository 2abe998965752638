import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { indexKeys, projectedAttributes } from '../../core/catalog/keys.ts';
import { startDynoxide } from '../../local/dynamodb/dynoxide.ts';
import { findDynamoDb } from '../../local/dynamodb/dynoxide-command.ts';

/** A real catalog table; every command that the API sends is written down. */
export interface TestTable extends AsyncDisposable {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  /** Names of the commands since the last {@link forget}: `GetItem`, `Query`. */
  readonly sent: string[];
  /** Fails every command of this name, as long as it is set. */
  failing: string | undefined;
  put(row: object): Promise<void>;
}

const name = 'catalog';
const key = (pk: string, sk: string) => [
  { AttributeName: pk, KeyType: 'HASH' as const },
  { AttributeName: sk, KeyType: 'RANGE' as const },
];

/** Starts a DynamoDB with the catalog table in it. */
export const startTable = async (): Promise<TestTable> => {
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-api-'));
  const source = findDynamoDb(process.env);
  const started =
    source.kind === 'program'
      ? await startDynoxide({ program: source.path, dbPath: join(folder, 'table.sqlite'), log: () => {} })
      : { url: source.url, stop: async () => {} };
  const plain = new DynamoDBClient({
    endpoint: started.url,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  await createTable(plain);
  const client = DynamoDBDocumentClient.from(plain, { marshallOptions: { removeUndefinedValues: true } });
  const table: TestTable = {
    name,
    client,
    sent: [],
    failing: undefined,
    put: async (row) => {
      await client.send(new PutCommand({ TableName: name, Item: { ...row } }));
      table.sent.pop();
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await started.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  plain.middlewareStack.add(
    (next, context) => async (input) => {
      const command = (context.commandName ?? '').replace(/Command$/, '');
      table.sent.push(command);
      if (table.failing === command) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      return next(input);
    },
    { step: 'initialize' },
  );
  return table;
};

const createTable = async (client: DynamoDBClient): Promise<void> => {
  const names = ['pk', 'sk', ...Object.values(indexKeys).flatMap(({ pk, sk }) => [pk, sk])];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: key('pk', 'sk'),
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      GlobalSecondaryIndexes: Object.entries(indexKeys).map(([IndexName, { pk, sk }]) => ({
        IndexName,
        KeySchema: key(pk, sk),
        Projection: { ProjectionType: 'INCLUDE' as const, NonKeyAttributes: [...projectedAttributes] },
      })),
    }),
  );
};
