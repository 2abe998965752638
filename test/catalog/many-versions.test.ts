import { QueryCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { VersionEntry, VersionsPage } from '../../core/catalog/asset-row.ts';
import { assetPk } from '../../core/catalog/keys.ts';
import { canonicalJson } from '../../core/facts.ts';
import { observe } from '../../core/observe/observe.ts';
import type { CatalogWrite, ObserveDeps } from '../../core/observe/ports.ts';
import { startCatalogServer } from '../local-dynamodb/catalog-server.ts';
import type { DynamoDbServer } from '../local-dynamodb/dynamodb-server.ts';
import { createBucket } from '../observe/model/bucket.ts';
import { createTable } from '../observe/model/table.ts';
import { assets, locate, tenant } from '../observe/model/world.ts';
import { type CatalogWorld, createCatalogWorld, notification } from './catalog-world.ts';

const [asset] = assets;
const content = { sha256: 's', header: '', body: '' };
const look = { name: 'ObjectRemoved:Delete', key: asset.key, versionId: undefined };
const ids = (versions: readonly { versionId: string }[]) => versions.map(({ versionId }) => versionId);

describe('an asset with 1,001 versions', () => {
  let server: DynamoDbServer;
  let world: CatalogWorld;
  beforeAll(async () => {
    server = await startCatalogServer();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  beforeEach(async () => {
    world = createCatalogWorld(server);
    for (let count = 0; count < 1001; count++) world.vault.bucket.put(asset.key, content);
    return () => world[Symbol.asyncDispose]();
  });

  const pages = async (): Promise<string[]> =>
    (await world.rows()).filter(({ kind }) => kind === 'versions').map(canonicalJson);

  /** As the API reads them: the row, then the pages from the last on. */
  const listed = async (): Promise<string[]> => {
    const values = { ':pk': { S: assetPk(tenant, asset.assetId) }, ':sk': { S: 'versions#' } };
    const query = new QueryCommand({
      TableName: 'catalog',
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :sk)',
      ExpressionAttributeValues: values,
      ScanIndexForward: false,
    });
    const { Items = [] } = await world.table.send(query);
    const older = Items.map((item) => unmarshall(item) as VersionsPage);
    return [
      ...ids((await world.row(asset.assetId))?.versions ?? []),
      ...older.flatMap(({ versions }) => ids(versions)),
    ];
  };

  it('has all of them in the catalog, newest first, after one write', async () => {
    await world.deliver([notification(look)]);

    expect(await listed()).toEqual(ids(world.vault.bucket.versionsOf(asset.key)));
    expect(world.tableCalls.slice(0, 2)).toEqual(['GetItem', 'TransactWriteItems']);
  });

  it('changes its last page only when another comes', async () => {
    await world.deliver([notification(look)]);
    const before = await pages();
    world.vault.bucket.put(asset.key, content);

    await world.deliver([notification(look)]);

    expect((await pages()).filter((page) => !before.includes(page))).toHaveLength(1);
    expect(await listed()).toEqual(ids(world.vault.bucket.versionsOf(asset.key)));
  });

  it('keeps no page of versions that are gone', async () => {
    await world.deliver([notification(look)]);
    for (const { versionId } of world.vault.bucket.versionsOf(asset.key).slice(50)) {
      world.vault.bucket.remove(asset.key, versionId);
    }

    await world.deliver([notification(look)]);

    expect((await world.rows()).map(({ kind }) => kind).sort()).toEqual(['asset', 'due', 'hash']);
  });
});

describe('an asset with 50,000 versions', () => {
  const bucket = createBucket(() => 1_700_000_000_000);
  for (let count = 0; count < 50_000; count++) bucket.put(asset.key, content);
  const list: readonly VersionEntry[] = bucket
    .list(asset.key)
    .map((entry) => ({ ...entry, versionId: `${entry.versionId}-as-long-as-those-of-s3-are` }));

  const depsOf = (table: ReturnType<typeof createTable>, writes: CatalogWrite[]): ObserveDeps => ({
    vault: {
      headVersion: async (key, versionId) => bucket.head(key, versionId.split('-')[0] ?? ''),
      listVersions: async () => list,
      readText: async () => undefined,
    },
    catalog: {
      readAsset: async (of, assetId) => table.readAsset(of, assetId),
      readPacked: async () => undefined,
      writeAsset: async (write) => {
        writes.push(write);
        return table.write(write);
      },
    },
    clock: { now: () => 1_700_000_000_000 },
    locate,
  });
  const target = { tenant, assetId: asset.assetId, key: asset.key };

  it('is written in transactions that DynamoDB takes', async () => {
    const writes: CatalogWrite[] = [];

    await observe(
      target,
      { kind: 'look' },
      depsOf(
        createTable(() => 1),
        writes,
      ),
    );

    expect(writes.length).toBeGreaterThan(2);
    for (const { put, remove, row } of writes) {
      expect(put.length + remove.length + 1).toBeLessThanOrEqual(100);
      expect(JSON.stringify([put, remove, row]).length).toBeLessThan(4_000_000);
      for (const item of [...put, row]) expect(JSON.stringify(item).length).toBeLessThan(400_000);
    }
  });

  it('says that it is partial until the last of them, and then holds everything', async () => {
    const table = createTable(() => 1);
    const writes: CatalogWrite[] = [];

    await observe(target, { kind: 'look' }, depsOf(table, writes));

    expect(writes.map(({ row }) => row.partial === true)).toEqual([...writes.slice(1).map(() => true), false]);
    const pages = [...table.rows.values()]
      .filter((row) => row.kind === 'versions')
      .sort((a, b) => (a.sk < b.sk ? 1 : -1));
    const row = table.readAsset(tenant, asset.assetId);
    expect([...ids(row?.versions ?? []), ...pages.flatMap(({ versions }) => ids(versions))]).toEqual(ids(list));
  });

  it('loses all its pages with the last version', async () => {
    const table = createTable(() => 1);
    const deps = depsOf(table, []);
    await observe(target, { kind: 'look' }, deps);

    await observe(target, { kind: 'look' }, { ...deps, vault: { ...deps.vault, listVersions: async () => [] } });

    expect([...table.rows.values()].map(({ kind }) => kind)).toEqual(['asset']);
  });
});
