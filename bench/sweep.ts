import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { faceSnapshot } from '../config/classes/faces.ts';
import { newAssetId } from '../core/asset-id.ts';
import { dueShards } from '../core/catalog/keys.ts';
import { days, isoTime } from '../core/time.ts';
import { type DueCursor, duePage } from '../lambdas/sweep/due-page.ts';
import type { SweepDeps } from '../lambdas/sweep/ports.ts';
import { addTallies, nothingSwept } from '../lambdas/sweep/tally.ts';
import { assetRow } from '../test/api/asset-rows.ts';
import { atLeast, atMost, type Bench } from './measurement.ts';

const now = Date.UTC(2026, 5, 1, 2);
const count = 100_000;

/** A day with 100,000 due assets, made as they are asked for: what the sweep keeps in memory is its own. */
export const sweep: Bench = {
  name: 'sweep',
  about: 'a sweep of 100,000 due assets, page by page, over a table that answers at once',
  async run() {
    let deleted = 0;
    const deps = worldOf(() => {
      deleted += 1;
    });
    const heaps: number[] = [];
    const before = performance.now();
    let tally = nothingSwept;
    let pages = 0;
    for (let at: DueCursor | undefined = { shard: 0 }; at !== undefined; pages++) {
      const page = await duePage(at, now, deps);
      tally = addTallies(tally, page.tally);
      at = page.next;
      if (pages % 20 === 0) heaps.push(heapMb());
    }
    const seconds = (performance.now() - before) / 1000;
    if (tally.deleted !== count || deleted !== count) throw new Error(`${tally.deleted} of ${count} were deleted.`);
    const [first = 0] = heaps;
    return [
      { what: 'assets', value: count / seconds, unit: '/s', bound: atLeast(2_000) },
      {
        what: 'memory at its most, above that of the first page',
        value: Math.max(...heaps) - first,
        unit: 'MiB',
        bound: atMost(16),
      },
      { what: 'pages', value: pages, unit: '' },
    ];
  },
};

setFlagsFromString('--expose-gc');
/** What is left after a collection, and not what waits for one. */
const collect: () => void = runInNewContext('gc');

const heapMb = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const idOf = (shard: number, index: number): string =>
  newAssetId({ now: () => now - index, random: () => shard / dueShards });

const oneTenant: SweepDeps['tenants'] = {
  after: async (tenant) => (tenant === undefined ? 'acme' : undefined),
  remembered: () => oneTenant,
};

const worldOf = (onDelete: () => void): SweepDeps => {
  const nobody = async (): Promise<never[]> => [];
  const perShard = count / dueShards;
  return {
    classes: [faceSnapshot],
    statuteOf: () => undefined,
    index: {
      asset: async (_, assetId) =>
        assetRow({ assetId, dataClass: faceSnapshot.name, createdAt: isoTime(now - days(31)), subject: 's' }),
      list: async () => ({ items: [], next: undefined }),
    },
    due: {
      page: async ({ tenant, shard }, limit, after) => {
        const from = after === undefined ? 0 : Number(after);
        const items = Array.from({ length: Math.min(limit, perShard - from) }, (_, index) => {
          const assetId = idOf(shard, from + index);
          const said = { tenant, assetId, dataClass: faceSnapshot.name, key: 'k', dueAt: isoTime(now) };
          return { pk: `${tenant}#due#${shard}`, sk: assetId, kind: 'due' as const, ...said };
        });
        return { items, next: from + limit < perShard ? String(from + limit) : undefined };
      },
      put: async () => {},
      remove: async () => {},
    },
    retention: { rules: nobody, holdsOf: nobody, caseStatus: async () => undefined },
    holds: { list: nobody },
    vault: {
      expire: async () => {
        onDelete();
        return true;
      },
      purge: async () => ({ versions: 0, bytes: 0 }),
    },
    scratch: { clean: async () => ({ versions: 0, bytes: 0, next: undefined }) },
    abroad: {
      table: { page: async () => ({ rows: [], next: undefined }), remove: async () => {}, putOff: async () => {} },
      vault: { atHome: nobody, abroad: nobody, remove: nobody },
    },
    tenants: oneTenant,
    unpack: async () => {},
    jobs: { start: () => Promise.reject(new Error('A sweep of rows starts no job.')) },
    meter: { count: () => {}, bytes: () => {} },
    log: { info: () => {}, warn: () => {}, error: () => {} },
    clock: { now: () => now },
  };
};
