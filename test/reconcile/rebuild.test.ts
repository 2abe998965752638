import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinKey, tenantKey } from '../../core/catalog/keys.ts';
import { newMemberRow } from '../../core/catalog/member-row.ts';
import { beforeTheStream, type JournalRow, journalBody, journalEntry, journalKey } from '../../core/journal.ts';
import { writePack } from '../../core/pack/format.ts';
import { packObjectKey } from '../../core/pack/pack-key.ts';
import { isoTime } from '../../core/time.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { type Store, startedAt, startStore, tenant } from './store-world.ts';
import { rebuild, reconcile } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store[Symbol.asyncDispose]());

/** What a rebuild makes anew and may make otherwise. */
const volatile = new Set(['revision', 'cataloguedAt', 'claimedAt', 'expiresAt']);

const comparable = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !volatile.has(name));
  return Object.fromEntries(entries.map(([name, item]) => [name, comparable(item)]));
};

const rowsOf = async (table: string): Promise<unknown[]> =>
  (await store.rows(table))
    .sort((a, b) => (`${a['pk']} ${a['sk']}` < `${b['pk']} ${b['sk']}` ? -1 : 1))
    .map(comparable);

/** Writes a row as people do, with its journal. */
const write = async (row: JournalRow): Promise<void> => {
  await store.putRow(row);
  const entry = journalEntry(row, { order: beforeTheStream, at: isoTime(startedAt), row });
  await store.put('originals', journalKey(row), journalBody(entry));
};

const inSecond = (): ReconcileDeps => ({ ...store.deps, ...store.deps.inTable('catalog-2') });

const buildEverything = async (): Promise<void> => {
  await write({ ...tenantKey(tenant), kind: 'tenant', tenant, createdAt: isoTime(startedAt) });
  const member = newMemberRow({
    tenant,
    principal: 'p1',
    roles: ['admin'],
    state: 'active',
    createdAt: isoTime(startedAt),
    createdBy: 'p0',
  });
  await write({ ...member });
  await write({
    pk: joinKey(tenant, 'retention'),
    sk: joinKey('class', 'raw-audio'),
    kind: 'retention',
    tenant,
    days: 3,
  });
  for (const { name } of store.deps.classes)
    await store.store(name, { attributes: { language: 'de', intent: 'light' } });
  const changed = await store.store('raw-audio');
  await store.change(changed, { language: 'hi' });
  const deleted = await store.store('case-audio');
  await store.remove(deleted.key);
  await store.observe(deleted);
  const many = await store.store('user-file');
  for (let version = 0; version < 7; version += 1) await store.put('originals', many.key, `version ${version}`);
  await store.observe(many);
};

describe('a catalog that is made from the vault alone', () => {
  it('answers every question as the one that was lost, in an empty table', async () => {
    await buildEverything();

    const tally = await rebuild(inSecond());

    const [lost, made] = [await rowsOf('catalog'), await rowsOf('catalog-2')];
    expect(made).toEqual(lost);
    expect(tally).toMatchObject({ restored: 3, refused: 0 });
    expect(tally.created).toBeGreaterThanOrEqual(store.deps.classes.length + 3);
  });

  it('is the same when it is made twice, and nothing in it is wrong', async () => {
    await rebuild(inSecond());
    await store.ripen();

    const tally = await reconcile(inSecond());

    expect(await rowsOf('catalog-2')).toEqual(await rowsOf('catalog'));
    expect(tally.findings).toEqual({});
  });

  it('puts a wrong table right: lost, strange and outdated rows', async () => {
    const rows = (await store.rows()).filter(({ kind }) => kind === 'asset');
    const [lost, wrong, stray] = rows;
    if (lost === undefined || wrong === undefined || stray === undefined) throw new Error('There are too few rows.');
    const before = await rowsOf('catalog');
    await store.removeRow({ pk: String(lost['pk']), sk: 'asset' });
    await store.putRow({ ...wrong, summary: { ...Object(wrong['summary']), filename: 'wrong' } });
    const phantom = await store.store('raw-audio', {}, 'soon gone');
    await store.remove(phantom.key, phantom.versionId);
    await store.ripen();

    await rebuild(store.deps);

    const after = (await rowsOf('catalog')).filter((row) => Object(row).summary?.assetId !== phantom.assetId);
    expect((await store.assetRow(phantom.assetId))?.summary.state).toBe('gone');
    expect(after).toEqual(before);
  });

  it('leaves a row that people have changed since the journal was written', async () => {
    const member = (await store.rows()).find(({ kind }) => kind === 'member');
    await store.putRow({ ...member, state: 'suspended', revision: 2 });

    await rebuild(store.deps);

    expect((await store.rows()).find(({ kind }) => kind === 'member')).toMatchObject({ state: 'suspended' });
  });

  it('has what stands in packs, and asks for those that lie in an archive', async () => {
    const assets = [
      await store.store('transcription', {}, 'first words'),
      await store.store('transcription', {}, 'more'),
    ];
    const [live, archived] = ['01KDWZAYPACK00000000000001', '01KDWZAYPACK00000000000002'];
    const sources = await Promise.all(
      assets.map(async ({ assetId, key, versionId }) => {
        const head = await store.deps.vault.headVersion(key, versionId);
        if (head === undefined) throw new Error('There is no such version.');
        const { at, bytes, etag, facts = '' } = head;
        const content = Buffer.from((await store.content(key)) ?? '');
        return { assetId, key, versionId, at, bytes, etag, facts, content };
      }),
    );
    const { body } = writePack({ tenant, dataClass: 'transcription' }, sources);
    for (const [packId, StorageClass] of [
      [live, undefined],
      [archived, 'GLACIER'],
    ] as const) {
      const Key = packObjectKey({ tenant, dataClass: 'transcription', packId });
      const object = { Bucket: 'originals', Key, Body: body, ChecksumAlgorithm: 'SHA256' } as const;
      await store.s3.client.send(new PutObjectCommand({ ...object, ...(StorageClass && { StorageClass }) }));
    }
    for (const { key, versionId } of assets) await store.remove(key, versionId);

    const tally = await rebuild(inSecond());

    const [row] = await Promise.all(assets.map(({ assetId }) => inSecond().catalog.readAsset(tenant, assetId)));
    expect(tally).toMatchObject({ packs: 1, awaited: 1, refused: 0 });
    expect(row?.summary).toMatchObject({ state: 'stored', bytes: 'first words'.length });
    expect(await inSecond().catalog.readPacked(tenant, assets[1]?.assetId ?? '')).toMatchObject({
      pack: { packId: live },
    });
    expect((await rebuild(inSecond())).awaited).toBe(1);
  });
});
