import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAssetId } from '../../core/asset-id.ts';
import { dueKey, hashKey, rejectedKey } from '../../core/catalog/keys.ts';
import { factsKey } from '../../core/key-layout.ts';
import { hours } from '../../core/time.ts';
import type { Scope } from '../../lambdas/reconcile/scope.ts';
import { type Store, type StoredAsset, startStore, tenant } from './store-world.ts';
import { reconcile } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore();
  await store.listTenant();
});
afterAll(() => store[Symbol.asyncDispose]());

const rowOf = async ({ assetId }: StoredAsset) => {
  const row = await store.assetRow(assetId);
  if (row === undefined) throw new Error('There is no row.');
  return row;
};

/** Reports with what they are about, in an order of their own. */
const summary = async () =>
  (await store.reported()).map(({ kind, assetId, settled, key }) => ({ kind, of: assetId ?? key, settled }));

describe('a store that agrees with itself', () => {
  it('has nothing wrong, with versions, markers, facts and everything', async () => {
    const asset = await store.store('raw-audio');
    await store.change(asset, { language: 'de' });
    const deleted = await store.store('temp');
    await store.remove(deleted.key);
    await store.observe(deleted);
    await store.ripen();

    const tally = await reconcile(store.deps);

    expect(tally.findings).toEqual({});
    expect(await store.reported()).toEqual([]);
  });
});

describe('an event that was lost for good', () => {
  let asset: StoredAsset;
  beforeEach(async () => {
    asset = await store.store('raw-audio');
  });

  const healsTo = async (state: string, kind: string, scope: Scope = { dataClass: 'raw-audio' }): Promise<void> => {
    await store.ripen();
    const proposed = await reconcile(store.deps, false, scope);
    const said = await summary();
    const repaired = await reconcile(store.deps, true, scope);
    await store.reported();
    const after = await reconcile(store.deps, false, scope);

    expect(said).toContainEqual({ kind, of: asset.assetId, settled: 'proposed' });
    expect(proposed.settled.proposed).toBe(1);
    expect(repaired.settled.repaired).toBe(1);
    expect((await rowOf(asset)).summary.state).toBe(state);
    expect(after.settled.proposed ?? 0).toBe(0);
  };

  it('is made good: of the creation', async () => {
    await store.removeAsset(asset.assetId);
    await healsTo('stored', 'orphan');
  });

  it('is made good: of a deletion', async () => {
    await store.remove(asset.key);
    await healsTo('deleted', 'mismatch');
  });

  it('is made good: of the removal of the last version', async () => {
    await store.remove(asset.key, asset.versionId);
    await healsTo('gone', 'phantom');
  });

  it('is made good: of a facts object', async () => {
    const row = await rowOf(asset);
    await store.change(asset, { language: 'hi' });
    await store.putRow(row);
    await healsTo('stored', 'mismatch', { tenant });
    expect((await rowOf(asset)).summary.attributes).toEqual({ language: 'hi' });
  });
});

describe('what is wrong in the table', () => {
  const broken = {
    'another checksum': async (asset: StoredAsset) => {
      const row = await rowOf(asset);
      await store.putRow({ ...row, summary: { ...row.summary, sha256: 'b3RoZXI=' } });
    },
    'another size': async (asset: StoredAsset) => {
      const row = await rowOf(asset);
      await store.putRow({ ...row, summary: { ...row.summary, bytes: 1 } });
    },
    'a lock that is not there': async (asset: StoredAsset) => {
      const row = await rowOf(asset);
      await store.putRow({ ...row, detail: { ...row.detail, legalHold: true } });
    },
    'a lost link': async (asset: StoredAsset) => {
      const { sha256 = '', bytes, dataClass, subject, case: ofCase } = (await rowOf(asset)).summary;
      await store.removeRow(hashKey({ tenant, sha256, bytes, dataClass, subject, case: ofCase }));
    },
    'a link to nobody': async (asset: StoredAsset) => {
      const { sha256 = '', bytes, dataClass, subject, case: ofCase } = (await rowOf(asset)).summary;
      const key = hashKey({ tenant, sha256, bytes, dataClass, subject, case: ofCase });
      await store.putRow({ ...(await store.row(key)), assetId: newAssetId({ now: () => 1, random: () => 0 }) });
    },
    'a lost due row': async (asset: StoredAsset) => {
      const { detail } = await rowOf(asset);
      await store.removeRow(dueKey(tenant, (detail.dueAt ?? '').slice(0, 10), asset.assetId));
    },
    'a list that has lost the row': async (asset: StoredAsset) => {
      const { g2pk: _, g2sk: __, ...row } = await rowOf(asset);
      await store.putRow(row);
    },
  };

  const scope = { dataClass: 'face-snapshot' };

  it.each(Object.entries(broken))('is put right: %s', async (_, breakIt) => {
    const asset = await store.store('face-snapshot');
    await store.ripen();
    const before = await rowOf(asset);
    await breakIt(asset);

    const proposed = await reconcile(store.deps, false, scope);
    const said = await summary();
    await reconcile(store.deps, true, scope);
    await store.reported();

    expect(said.map(({ of, settled }) => ({ of, settled }))).toEqual([{ of: asset.assetId, settled: 'proposed' }]);
    expect(Object.values(proposed.findings)).toEqual([1]);
    expect(await rowOf(asset)).toEqual({ ...before, revision: expect.any(Number) });
    expect((await reconcile(store.deps, false, scope)).findings).toEqual({});
  });
});

describe('what people have to decide', () => {
  it('is told and left: keys of no class, second keys, locked objects that are gone', async () => {
    const asset = await store.store('raw-audio');
    const second = asset.key.replace(/[^/]+$/, 'second.bin');
    await store.put('originals', second);
    await store.put('originals', 'stray/file');
    await store.ripen();
    const tally = await reconcile(store.deps, true);
    const said = await summary();
    for (const key of [second, 'stray/file']) {
      const [listed] = await store.deps.vault.listVersions(key);
      await store.remove(key, listed?.versionId);
      await store.remove(key, listed?.versionId, 'copies');
    }

    expect(tally.settled).toEqual({ asked: 2 });
    expect(said).toEqual(
      expect.arrayContaining([
        { kind: 'orphan', of: asset.assetId, settled: 'asked' },
        { kind: 'foreign-key', of: 'stray/file', settled: 'asked' },
      ]),
    );
  });

  it('is told and left: a facts object that is none', async () => {
    const asset = await store.store('raw-audio');
    await store.put('originals', factsKey(tenant, asset.assetId), 'no facts');
    await store.ripen();

    const tally = await reconcile(store.deps, true);

    expect(tally.settled).toEqual({ asked: 1 });
    expect((await store.reported()).map(({ kind, fields }) => ({ kind, fields }))).toEqual([
      { kind: 'mismatch', fields: ['facts'] },
    ]);
    const [listed] = await store.deps.vault.listVersions(factsKey(tenant, asset.assetId));
    for (const bucket of ['originals', 'copies']) {
      await store.remove(factsKey(tenant, asset.assetId), listed?.versionId, bucket);
    }
  });
});

describe('the second region', () => {
  it('lacks what was never copied, and keeps what was removed here', async () => {
    const [lost, left] = [await store.store('raw-audio'), await store.store('raw-audio')];
    await store.ripen();
    await store.remove(lost.key, lost.versionId, 'copies');
    await store.remove(left.key, left.versionId);

    await reconcile(store.deps);

    expect(await summary()).toEqual(
      expect.arrayContaining([
        { kind: 'unreplicated', of: lost.assetId, settled: 'proposed' },
        { kind: 'phantom', of: left.assetId, settled: 'asked' },
      ]),
    );
    await store.remove(left.key, left.versionId, 'copies');
    await store.remove(lost.key, lost.versionId);
    expect((await reconcile(store.deps, true)).settled).toEqual({ repaired: 2 });
    await store.reported();
  });

  it('keeps nothing over that is only waiting to be deleted there too', async () => {
    const { key, versionId, ...asset } = await store.store('raw-audio');
    await store.ripen();
    await store.remove(key, versionId);
    await store.observe({ key, versionId, ...asset });
    await reconcile(store.deps);
    const before = await summary();
    await store.abroad.announce({ versions: [{ key, versionId }], deleted: true });
    await reconcile(store.deps);

    expect(before).toEqual([{ kind: 'left-over', of: asset.assetId, settled: 'asked' }]);
    expect(await summary()).toEqual([]);
    await store.remove(key, versionId, 'copies');
  });
});

describe('an upload in landing', () => {
  it('is told to intake again where nobody has decided about it', async () => {
    const [stuck, decided] = [0.1, 0.2].map((random) =>
      newAssetId({ now: () => store.s3.clock.now(), random: () => random }),
    );
    await store.put('landing', `put/${tenant}/${stuck}`);
    await store.put('landing', `put/${tenant}/${decided}`);
    await store.putRow({ ...rejectedKey(tenant, decided ?? ''), kind: 'rejected', tenant, assetId: decided });
    store.s3.clock.move(hours(9));

    await reconcile(store.deps, true);

    expect(await summary()).toEqual([{ kind: 'stuck-upload', of: stuck, settled: 'repaired' }]);
    expect(store.resent).toMatchObject([{ key: `put/${tenant}/${stuck}`, versionId: expect.any(String) }]);
  });
});

describe('a scope', () => {
  it('leaves out other tenants and classes', async () => {
    const [audio, text] = [await store.store('raw-audio'), await store.store('raw-text')];
    await store.removeAsset(audio.assetId);
    await store.removeAsset(text.assetId);
    await store.ripen();

    const ofOthers = await reconcile(store.deps, false, { tenant: 'acm' });
    const ofClass = await reconcile(store.deps, false, { dataClass: 'raw-text' });

    expect(ofOthers.findings).toEqual({});
    expect(ofClass.findings).toEqual({ orphan: 1 });
    await reconcile(store.deps, true);
  });

  it('is refused where it names a class that is not declared', async () => {
    await expect(reconcile(store.deps, false, { dataClass: 'raw-adio' })).rejects.toThrow('There is no class raw-adio');
  });
});
