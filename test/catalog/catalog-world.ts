import { DeleteItemCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeEach } from 'vitest';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { Outcome } from '../../core/observe/observe.ts';
import { type ConsumeDeps, consume } from '../../lambdas/catalog/consume.ts';
import type { BatchResponse } from '../../lambdas/catalog/queue-batch.ts';
import { createTellRestored } from '../../lambdas/catalog/restored.ts';
import { assetTable } from '../../lambdas/shared/asset-table.ts';
import { vaultView } from '../../lambdas/shared/vault-view.ts';
import { startCatalogServer } from '../local-dynamodb/catalog-server.ts';
import { type DynamoDbServer, home } from '../local-dynamodb/dynamodb-server.ts';
import { locate, type ModelEvent, tenant } from '../observe/model/world.ts';
import { bucketName, type FakeVault, fakeVault } from './fake-vault.ts';

/** The catalog function's own code over a fake vault and a real table. */
export interface CatalogWorld extends AsyncDisposable {
  readonly vault: FakeVault;
  readonly table: DynamoDBClient;
  /** Operations that the table was asked. */
  readonly tableCalls: string[];
  /** Stands around each call of the table. */
  aroundTable: <T>(operation: string, call: () => Promise<T>) => Promise<T>;
  readonly observed: Outcome[];
  readonly failures: { readonly messageId: string; readonly error: unknown }[];
  /** Works off one batch of bodies; the messages are called m0, m1, …. */
  deliver(bodies: readonly string[], overrides?: Partial<ConsumeDeps>): Promise<BatchResponse>;
  row(assetId: string): Promise<AssetRow | undefined>;
  rows(): Promise<readonly Record<string, unknown>[]>;
}

const startedAt = Date.parse('2026-05-01T08:00:00.000Z');

/** One server for a test file, since starting a table takes longer than most tests, and a world on it for each test. */
export const worldForEach = async (use: (world: CatalogWorld) => void): Promise<DynamoDbServer> => {
  const server = await startCatalogServer();
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(() => {
    const world = createCatalogWorld(server);
    use(world);
    return () => world[Symbol.asyncDispose]();
  });
  return server;
};

export const createCatalogWorld = (server: DynamoDbServer): CatalogWorld => {
  let ticks = 0;
  const clock = { now: () => startedAt + 1000 * ticks++ };
  const vault = fakeVault(clock.now);
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const table = new DynamoDBClient({ endpoint: server.url, region: home, credentials, maxAttempts: 1 });
  const world: CatalogWorld = {
    vault,
    table,
    tableCalls: [],
    aroundTable: (_, call) => call(),
    observed: [],
    failures: [],
    deliver: (bodies, overrides) =>
      consume(queueEvent(bodies), {
        vault: vaultView(vault.client, bucketName),
        catalog: assetTable(table, 'catalog'),
        clock,
        locate,
        bucket: bucketName,
        remainingMs: () => 60_000,
        restored: createTellRestored(table, 'catalog', clock),
        report: {
          observed: (outcome) => world.observed.push(outcome),
          failed: (messageId, error) => world.failures.push({ messageId, error }),
          finished: () => undefined,
        },
        ...overrides,
      }),
    row: (assetId) => assetTable(server.client(), 'catalog').readAsset(tenant, assetId),
    async rows() {
      const { Items = [] } = await server
        .client()
        .send(new ScanCommand({ TableName: 'catalog', ConsistentRead: true }));
      return Items.map((item) => unmarshall(item));
    },
    async [Symbol.asyncDispose]() {
      world.aroundTable = (_, call) => call();
      for (const { pk, sk } of await world.rows()) await remove(server, String(pk), String(sk));
      table.destroy();
    },
  };
  table.middlewareStack.add(
    (next, context) => (args) => {
      const operation = String(context.commandName).replace(/Command$/, '');
      world.tableCalls.push(operation);
      Object.assign(args.input, { ReturnConsumedCapacity: 'INDEXES' });
      return world.aroundTable(operation, () => next(args));
    },
    { step: 'initialize' },
  );
  return world;
};

const remove = async (server: DynamoDbServer, pk: string, sk: string): Promise<void> => {
  await server.client().send(new DeleteItemCommand({ TableName: 'catalog', Key: { pk: { S: pk }, sk: { S: sk } } }));
};

/** What the event source mapping hands over. */
export const queueEvent = (bodies: readonly string[]) => ({
  Records: bodies.map((body, index) => ({
    messageId: `m${index}`,
    receiptHandle: `r${index}`,
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: String(startedAt) },
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:ap-south-1:000000000000:keep-catalog',
  })),
});

/** The record that S3 writes for an event. */
export const recordOf = ({ name, key, versionId }: ModelEvent) => ({
  eventVersion: '2.3',
  eventSource: 'aws:s3',
  awsRegion: 'ap-south-1',
  eventTime: '2026-05-01T08:00:00.000Z',
  eventName: name,
  s3: {
    bucket: { name: bucketName, arn: `arn:aws:s3:::${bucketName}` },
    object: {
      key: encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/'),
      versionId,
      sequencer: '0055AED6DCD90281E5',
    },
  },
});

export const notification = (...events: readonly ModelEvent[]): string =>
  JSON.stringify({ Records: events.map(recordOf) });
