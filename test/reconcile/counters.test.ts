import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { classCountKey } from '../../core/catalog/keys.ts';
import { type Store, startStore, tenant } from './store-world.ts';
import { reconcile } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore();
  await store.listTenant();
});
afterAll(() => store[Symbol.asyncDispose]());

describe('a counter', () => {
  it('is counted anew where it is wrong, over as many pages as there are', async () => {
    await store.store('raw-audio');
    await store.ripen();
    const deps = { ...store.depsWithCounters, enoughAssets: 3 };
    await reconcile(deps, true, {}, true);
    await store.reported();
    const right = await reconcile(deps);
    const { pk, sk } = classCountKey(tenant, {
      dataClass: 'raw-audio',
      storageClass: 'STANDARD',
      contentType: 'application/octet-stream',
    });
    const before = await store.row({ pk, sk });
    await store.putRow({ ...before, pk, sk, assets: 12_345 });
    const asked = await reconcile(deps, true);
    await store.reported();

    await reconcile(deps, true, {}, true);

    const told = (await store.reported()).filter(({ kind }) => kind === 'stale-statistics');
    expect(asked.settled.asked).toBe(1);
    expect(right.findings['stale-statistics']).toBeUndefined();
    expect(told.map(({ fields }) => fields)).toEqual([['assets']]);
    expect(await store.row({ pk, sk })).toEqual({ ...before, updatedAt: expect.any(String) });
  });

  it('is not told where it only follows its rows late', async () => {
    const { lists } = store.deps;
    let readings = 0;
    const late = (pk: string) => (++readings > 6 ? lists.counters(pk) : Promise.resolve([]));

    const tally = await reconcile({ ...store.deps, lists: { ...lists, counters: late } }, true, {}, true);

    expect(tally.findings['stale-statistics']).toBeUndefined();
    expect(readings).toBeGreaterThan(6);
  });

  it('is not told where it is wrong by another number with each reading: others write meanwhile', async () => {
    const { lists } = store.deps;
    let readings = 0;
    const moving = async (pk: string) =>
      (await lists.counters(pk)).map((row) => ({ ...row, assets: 1_000_000 + Math.min(++readings, 50) }));

    const tally = await reconcile({ ...store.deps, lists: { ...lists, counters: moving } });

    expect(tally.findings['stale-statistics']).toBeUndefined();
  });
});
