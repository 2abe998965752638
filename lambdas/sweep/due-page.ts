import { dueShards } from '../../core/catalog/keys.ts';
import { days, utcDay } from '../../core/time.ts';
import { judgeAll } from './judge-all.ts';
import type { SweepDeps } from './ports.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

/** The days that a sweep looks at, both included. */
export interface SweptDays {
  readonly from: string;
  readonly to: string;
}

/** Where the walk through what is due goes on: behind a row of one shard of one day of one tenant. */
export interface DueCursor {
  /** Absent before the first tenant. */
  readonly tenant?: string;
  readonly day: string;
  readonly shard: number;
  readonly after?: string;
}

export interface DuePage {
  readonly tally: SweepTally;
  readonly next: DueCursor | undefined;
}

const rowsAtOnce = 200;
/** A page is done in seconds, so that a crash repeats little, and empty days do not cost a step each. */
const mostRows = 600;
const mostQueries = 400;

/** Judges what is due, shard by shard, day by day, tenant by tenant, until the page is full. */
export const duePage = async (cursor: DueCursor, period: SweptDays, deps: SweepDeps): Promise<DuePage> => {
  let tally = nothingSwept;
  let at = cursor.tenant === undefined ? await firstOfTenant(undefined, period, deps) : cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= mostQueries || tally.lookedAt >= mostRows) return { tally, next: at };
    const { tenant = '', day, shard, after } = at;
    if (shard === 0 && after === undefined) {
      queries += dueShards;
      if (await isEmpty(tenant, day, deps)) {
        at = await following({ ...at, shard: dueShards - 1 }, period, deps);
        continue;
      }
    }
    const { items, next } = await deps.due.page(tenant, day, shard, rowsAtOnce, after);
    const candidates = items.map((row) => ({ tenant, assetId: row.assetId, dueRow: row }));
    tally = addTallies(tally, await judgeAll(candidates, deps));
    at = next === undefined ? await following(at, period, deps) : { ...at, after: next };
  }
  return { tally, next: undefined };
};

/** Most days of most tenants have nothing; their shards are asked at once. */
const isEmpty = async (tenant: string, day: string, { due }: SweepDeps): Promise<boolean> => {
  const shards = Array.from({ length: dueShards }, (_, shard) => due.page(tenant, day, shard, 1));
  return (await Promise.all(shards)).every(({ items }) => items.length === 0);
};

const following = async (
  { tenant, day, shard }: DueCursor,
  period: SweptDays,
  deps: SweepDeps,
): Promise<DueCursor | undefined> => {
  const place = tenant === undefined ? {} : { tenant };
  if (shard + 1 < dueShards) return { ...place, day, shard: shard + 1 };
  if (day < period.to) return { ...place, day: utcDay(Date.parse(day) + days(1)), shard: 0 };
  return firstOfTenant(tenant, period, deps);
};

const firstOfTenant = async (
  before: string | undefined,
  { from }: SweptDays,
  { tenants }: SweepDeps,
): Promise<DueCursor | undefined> => {
  const tenant = await tenants.after(before);
  return tenant === undefined ? undefined : { tenant, day: from, shard: 0 };
};
