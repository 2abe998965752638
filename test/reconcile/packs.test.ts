import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writePack } from '../../core/pack/format.ts';
import { packObjectKey } from '../../core/pack/pack-key.ts';
import { changedPack, newPackRow, packedRowsOf } from '../../core/pack/rows.ts';
import { isoTime } from '../../core/time.ts';
import { type Store, type StoredAsset, startStore, tenant } from './store-world.ts';
import { reconcile, scrub } from './walk.ts';

const dataClass = 'transcription';
const owner = { tenant, dataClass };

let store: Store;
let number = 0;
beforeAll(async () => {
  store = await startStore();
  await store.listTenant();
});
afterAll(() => store[Symbol.asyncDispose]());

interface StoredPack {
  readonly key: string;
  readonly packId: string;
  readonly versionId: string;
  readonly members: readonly StoredAsset[];
}

/** Packs two assets as packing leaves them: the pack, its rows, and their own keys empty. */
const storePack = async (storageClass: 'STANDARD' | 'GLACIER' = 'STANDARD'): Promise<StoredPack> => {
  number += 1;
  const members = [
    await store.store(dataClass, {}, `first words ${number}`),
    await store.store(dataClass, {}, `and more ${number}`),
  ];
  const sources = await Promise.all(
    members.map(async ({ assetId, key, versionId }) => {
      const head = await store.deps.vault.headVersion(key, versionId);
      if (head === undefined) throw new Error('There is no such version.');
      const { at, bytes, etag, facts = '' } = head;
      return {
        assetId,
        key,
        versionId,
        at,
        bytes,
        etag,
        facts,
        content: Buffer.from((await store.content(key)) ?? ''),
      };
    }),
  );
  const packId = `01KDWZAYPACK0000000000000${number}`;
  const key = packObjectKey({ ...owner, packId });
  const { body, index } = writePack(owner, sources);
  const object = {
    Bucket: 'originals',
    Key: key,
    Body: body,
    ChecksumAlgorithm: 'SHA256',
    StorageClass: storageClass,
  } as const;
  const { VersionId: versionId = '' } = await store.s3.client.send(new PutObjectCommand(object));
  const created = newPackRow(owner, { packId, storageClass, createdAt: isoTime(store.s3.clock.now()) });
  await store.putRow(
    changedPack(created, { state: 'settled', versionId, members: members.length, bytes: body.length }),
  );
  for (const row of packedRowsOf(index, { packId, key, versionId, storageClass })) await store.putRow(row);
  for (const member of members) {
    await store.remove(member.key, member.versionId);
    await store.observe(member);
  }
  await store.ripen();
  return { key, packId, versionId, members };
};

const found = async (of: string) =>
  (await store.reported())
    .filter(({ key, assetId }) => key === of || assetId === of)
    .map(({ kind, settled }) => ({ kind, settled }));

const placeOf = async ({ members: [member] }: StoredPack) =>
  (await store.deps.catalog.readPacked(tenant, member?.assetId ?? ''))?.pack.versionId;

describe('an asset of which only a pack holds the content', () => {
  it('is no phantom though its own key is empty, and one that its pack has lost is', async () => {
    const {
      members: [packed, lost],
    } = await storePack();
    if (packed === undefined || lost === undefined) throw new Error('The pack lacks members.');
    await store.removeRow({ pk: `${tenant}#packed#${lost.assetId}`, sk: 'packed' });
    const tally = await reconcile(store.deps);

    expect(tally.findings).toMatchObject({ phantom: 1 });
    const reported = await store.reported();
    expect(reported.filter(({ kind }) => kind === 'phantom').map(({ assetId }) => assetId)).toEqual([lost.assetId]);
    await store.removeAsset(lost.assetId);
  });
});

describe('a pack that the vault has lost', () => {
  it('is found, comes back from the second region, and is named by all rows of its members', async () => {
    const pack = await storePack();
    await store.remove(pack.key, pack.versionId);

    await reconcile(store.deps);
    const proposed = await found(pack.key);
    await reconcile(store.deps, true);
    const repaired = await found(pack.key);
    const [current] = await store.deps.vault.listVersions(pack.key);
    await reconcile(store.deps);
    const after = await found(pack.key);

    expect(proposed).toContainEqual({ kind: 'phantom', settled: 'proposed' });
    expect(repaired).toContainEqual({ kind: 'phantom', settled: 'repaired' });
    expect(after.map(({ kind }) => kind)).not.toContain('phantom');
    expect(await placeOf(pack)).toBe(current?.versionId);
    expect(await store.deps.packs.readPack(tenant, pack.packId)).toMatchObject({
      state: 'live',
      versionId: current?.versionId,
    });
    expect((await store.assetRow(pack.members[0]?.assetId ?? ''))?.detail.pack).toMatchObject({
      versionId: current?.versionId,
    });
  });

  it('is asked about where the copy lies in the archive, is hidden, or is not there', async () => {
    const archived = await storePack('GLACIER');
    const hidden = await storePack();
    const nowhere = await storePack();
    await store.remove(archived.key, archived.versionId);
    await store.remove(hidden.key);
    await store.remove(nowhere.key, nowhere.versionId);
    await store.remove(nowhere.key, nowhere.versionId, 'copies');

    await reconcile(store.deps, true);
    const reported = await store.reported();

    for (const { key } of [archived, hidden, nowhere]) {
      expect(reported.filter((finding) => finding.key === key && finding.kind === 'phantom')).toMatchObject([
        { settled: 'asked', found: expect.stringContaining('mediakeep recover') },
      ]);
    }
  });
});

describe('a pack whose bytes have rotted', () => {
  it('is found by the scrub, healed from the second region, and read from the new version', async () => {
    const pack = await storePack();
    store.s3.s3.corrupt({ bucket: 'originals', key: pack.key });

    await scrub(store.deps);
    const [current] = await store.deps.vault.listVersions(pack.key);

    expect(await found(pack.key)).toContainEqual({ kind: 'corrupt', settled: 'repaired' });
    expect(current?.versionId).not.toBe(pack.versionId);
    expect(await placeOf(pack)).toBe(current?.versionId);
  });
});
