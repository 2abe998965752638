import { dueShards } from '../../core/catalog/keys.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

/** Where the walk through what is due goes on: behind a row of one shard of one tenant. */
export interface DueCursor {
  /** Absent before the first tenant. */
  readonly tenant?: string;
  readonly shard: number;
  readonly after?: string;
}

export interface DuePage {
  readonly tally: SweepTally;
  readonly next: DueCursor | undefined;
}

const rowsAtOnce = 200;
/** A page is done in seconds, so that a crash repeats little, and tenants with nothing due do not cost a step each. */
const mostRows = 600;
const mostQueries = 400;

/** Judges what has come due up to an instant, on whichever day, shard by shard, tenant by tenant, until the page is full. */
export const duePage = async (cursor: DueCursor, upTo: number, deps: SweepDeps): Promise<DuePage> => {
  const tenants = deps.tenants.remembered();
  const firstAfter = async (before: string | undefined): Promise<DueCursor | undefined> => {
    const tenant = await tenants.after(before);
    return tenant === undefined ? undefined : { tenant, shard: 0 };
  };
  let tally = nothingSwept;
  let at = cursor.tenant === undefined ? await firstAfter(undefined) : cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= mostQueries || tally.lookedAt >= mostRows) return { tally, next: at };
    const { tenant = '', shard, after } = at;
    if (shard === 0 && after === undefined) {
      queries += dueShards;
      if (await isEmpty(tenant, upTo, deps)) {
        at = await firstAfter(tenant);
        continue;
      }
    }
    const { items, next } = await deps.due.page({ tenant, shard, upTo }, rowsAtOnce, after);
    const candidates = items.map((row) => ({ tenant, assetId: row.assetId, dueRow: row }));
    tally = addTallies(tally, await judgeAll(candidates, deps));
    if (next !== undefined) at = { ...at, after: next };
    else at = shard + 1 < dueShards ? { tenant, shard: shard + 1 } : await firstAfter(tenant);
  }
  return { tally, next: undefined };
};

/** Most tenants have nothing on most days; their shards are asked at once. */
const isEmpty = async (tenant: string, upTo: number, { due }: SweepDeps): Promise<boolean> => {
  const shards = Array.from({ length: dueShards }, (_, shard) => due.page({ tenant, shard, upTo }, 1));
  return (await Promise.all(shards)).every(({ items }) => items.length === 0);
};
