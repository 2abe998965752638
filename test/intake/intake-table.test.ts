import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { assetKey, duplicateKey, hashKey, rejectedKey, type TableKey, wordKey } from '../../core/catalog/keys.ts';
import { intakeTable } from '../../lambdas/intake/intake-table.ts';
import { startDynoxide } from '../../local/dynamodb/dynoxide.ts';
import { findDynamoDb } from '../../local/dynamodb/dynoxide-command.ts';
import { jsonOf, wire } from './wire.ts';
import { startedAt } from './world.ts';

const table = 'catalog';
const folder = mkdtempSync(join(tmpdir(), 'mediakeep-intake-'));
let client: DynamoDBDocumentClient;
let stop: () => Promise<void>;
let count = 0;
let tenant = '';

beforeAll(async () => {
  const source = findDynamoDb(process.env);
  const started =
    source.kind === 'program'
      ? await startDynoxide({ program: source.path, dbPath: join(folder, 'table.sqlite'), log: () => {} })
      : { url: source.url, stop: async () => {} };
  stop = started.stop;
  const plain = new DynamoDBClient({
    endpoint: started.url,
    region: 'ap-south-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  client = DynamoDBDocumentClient.from(plain);
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    }),
  );
});

afterAll(async () => {
  client.destroy();
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  count += 1;
  tenant = `t${count}`;
});

const rows = () => intakeTable(client, table, { now: () => startedAt });
const put = (key: TableKey, row: object = {}) =>
  client.send(new PutCommand({ TableName: table, Item: { ...key, ...row } }));
const get = async ({ pk, sk }: TableKey) =>
  (await client.send(new GetCommand({ TableName: table, Key: { pk, sk } }))).Item;
const content = (assetId: string) => ({
  tenant,
  assetId,
  sha256: 'c2hh',
  bytes: 10,
  dataClass: 'notes',
  subject: undefined,
  case: undefined,
  key: `notes/${tenant}/${assetId}`,
});

describe('what the catalog knows of an upload', () => {
  it('is nothing at first', async () => {
    expect(await rows().recall(tenant, 'a1')).toEqual({ decision: undefined, word: undefined });
  });

  it('is the word that its client gave', async () => {
    await put(wordKey(tenant, 'a1'), { sha256: 'd29yZA==' });

    expect(await rows().recall(tenant, 'a1')).toEqual({ decision: undefined, word: 'd29yZA==' });
  });

  it.each([
    ['kept', assetKey],
    ['kept', duplicateKey],
    ['refused', rejectedKey],
  ] as const)('is that it was %s', async (decision, key) => {
    await put(key(tenant, 'a1'), { kind: 'row' });

    expect((await rows().recall(tenant, 'a1')).decision).toBe(decision);
  });

  it('costs one request of four strongly consistent reads', async () => {
    const { table: tableClient, sent } = wire(() => ({ body: JSON.stringify({ Responses: { [table]: [] } }) }));

    await intakeTable(tableClient(), table, { now: () => startedAt }).recall(tenant, 'a1');

    expect(sent).toHaveLength(1);
    expect(jsonOf(sent[0])).toMatchObject({ RequestItems: { [table]: { ConsistentRead: true, Keys: { length: 4 } } } });
  });

  it('is read in one request for uploads that are asked for together, also where one is asked for twice', async () => {
    await put(wordKey(tenant, 'a1'), { sha256: 'd29yZA==' });
    await put(assetKey(tenant, 'a2'), { kind: 'row' });
    const sent = vi.spyOn(client, 'send');
    const { recall } = rows();
    const recalled = await Promise.all(['a1', 'a2', 'a3', 'a1'].map((assetId) => recall(tenant, assetId)));

    expect(sent).toHaveBeenCalledOnce();
    sent.mockRestore();
    expect(recalled).toEqual([
      { decision: undefined, word: 'd29yZA==' },
      { decision: 'kept', word: undefined },
      { decision: undefined, word: undefined },
      { decision: undefined, word: 'd29yZA==' },
    ]);
  });

  it('is not guessed where the table answered in part', async () => {
    const UnprocessedKeys = { [table]: { Keys: [{ pk: { S: 'x' }, sk: { S: 'asset' } }] } };
    const { table: tableClient } = wire(() => ({ body: JSON.stringify({ Responses: {}, UnprocessedKeys }) }));

    await expect(intakeTable(tableClient(), table, { now: () => startedAt }).recall(tenant, 'a1')).rejects.toThrow(
      'in full',
    );
  });
});

describe('a claim', () => {
  it('is put once, stands against others, and is no obstacle to its owner', async () => {
    expect(await rows().claim(content('a1'))).toBeUndefined();
    expect(await rows().claim(content('a1'))).toBeUndefined();

    expect(await rows().claim(content('a2'))).toMatchObject({
      assetId: 'a1',
      state: 'claimed',
      key: `notes/${tenant}/a1`,
    });
  });

  it('is not taken back from the catalog by its owner', async () => {
    await rows().claim(content('a1'));
    const stored = { ...(await get(hashKey(content('a1')))), state: 'stored', summary: { assetId: 'a1' } };
    await client.send(new PutCommand({ TableName: table, Item: stored }));

    await rows().claim(content('a1'));

    expect(await get(hashKey(content('a1')))).toEqual(stored);
  });

  it('is taken over only as it was seen', async () => {
    await rows().claim(content('a1'));
    const seen = await rows().claim(content('a2'));
    if (seen === undefined) throw new Error('there is no claim');

    expect(await rows().takeOver(content('a2'), { ...seen, claimedAt: 'earlier' })).toBe(false);
    expect(await rows().takeOver(content('a2'), { ...seen, state: 'stored' })).toBe(false);
    expect(await rows().takeOver(content('a2'), seen)).toBe(true);
    expect(await rows().takeOver(content('a3'), seen)).toBe(false);
    expect(await get(hashKey(content('a1')))).toMatchObject({ assetId: 'a2', state: 'claimed' });
  });

  it('lets no failure pass for a decision', async () => {
    const { table: tableClient } = wire(() => ({
      status: 400,
      body: JSON.stringify({
        __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
        message: 'slow down',
      }),
    }));
    const slow = intakeTable(tableClient(), table, { now: () => startedAt });

    await expect(slow.claim(content('a1'))).rejects.toThrow('slow down');
  });
});

describe('a decision', () => {
  it('is written with its end', async () => {
    const shared = { tenant, assetId: 'a1', uploader: 'u1', expiresAt: 1 };

    await rows().recordRejection({ ...shared, reason: 'empty', message: 'm', rejectedAt: 'now' });
    await rows().recordDuplicate({ ...shared, duplicateOf: 'a0', resolvedAt: 'now' });

    expect(await get(rejectedKey(tenant, 'a1'))).toMatchObject({ kind: 'rejected', reason: 'empty', expiresAt: 1 });
    expect(await get(duplicateKey(tenant, 'a1'))).toMatchObject({ kind: 'duplicate', duplicateOf: 'a0', expiresAt: 1 });
  });
});
