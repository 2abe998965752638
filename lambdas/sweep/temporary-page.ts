import { classPartition, deletedPartition, indexNames } from '../../core/catalog/keys.ts';
import { factsKey } from '../../core/key-layout.ts';
import { metricNames } from '../../core/metric-names.ts';
import { days, isoTime } from '../../core/time.ts';
import type { IndexPosition } from '../shared/asset-index.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { listsAhead } from '../shared/lists-ahead.ts';
import { decideOver, rememberedTable } from '../shared/retention-facts.ts';
import type { Removed, SweepDeps } from './ports.ts';

/** Where the walk through short-lived classes goes on: tenant, list of the tenant, asset. */
export interface TemporaryCursor {
  readonly tenant?: string;
  readonly list: number;
  readonly after?: IndexPosition;
}

export type TemporaryTally = Removed & Record<string, number>;

export const nothingRemoved: TemporaryTally = { versions: 0, bytes: 0 };

export const addRemoved = (a: TemporaryTally, b: Removed): TemporaryTally => ({
  versions: a.versions + b.versions,
  bytes: a.bytes + b.bytes,
});

const assetsAtOnce = 200;
const mostAssets = 600;
const mostQueries = 200;
const lanes = 10;

/** A class that ends within two days is removed by version, since nobody undeletes what was made for a day. */
export const shortestLived = days(2);

/** Removes every version of what was made for a day and is past it, unless a hold or a floor keeps it. */
export const temporaryPage = async (
  cursor: TemporaryCursor,
  deps: SweepDeps,
): Promise<{ readonly tally: TemporaryTally; readonly next: TemporaryCursor | undefined }> => {
  const tenants = deps.tenants.remembered();
  const holdsAny = listsAhead(deps.index);
  let tally = nothingRemoved;
  let looked = 0;
  let at: TemporaryCursor | undefined = cursor;
  for (let queries = 0; at !== undefined; queries++) {
    if (queries >= mostQueries || looked >= mostAssets) return { tally, next: at };
    const { tenant = await tenants.after(undefined), list, after } = at;
    if (tenant === undefined) break;
    const lists = listsOf(tenant, deps);
    const current = lists[list];
    if (current === undefined) {
      const next = await tenants.after(tenant);
      at = next === undefined ? undefined : { tenant: next, list: 0 };
      continue;
    }
    if (after === undefined && !(await holdsAny(tenant, lists, list))) {
      at = { tenant, list: list + 1 };
      continue;
    }
    const { items, next } = await deps.index.list(current, assetsAtOnce, after);
    looked += items.length;
    const assetIds = items.map(({ assetId }) => assetId);
    if (assetIds.length > 0) tally = addRemoved(tally, await removeAll(tenant, assetIds, deps));
    at = next === undefined ? { tenant, list: list + 1 } : { tenant, list, after: next };
  }
  return { tally, next: undefined };
};

const listsOf = (tenant: string, { classes, clock }: SweepDeps) =>
  classes.flatMap(({ name, retention: { deleteAfter } }) => {
    if (deleteAfter === undefined || deleteAfter > shortestLived) return [];
    const to = isoTime(clock.now() - deleteAfter);
    return [classPartition(tenant, name), deletedPartition(tenant, name)].map((partition) => ({
      index: indexNames.byKind,
      partition,
      to,
    }));
  });

const removeAll = async (tenant: string, assetIds: readonly string[], deps: SweepDeps): Promise<Removed> => {
  let removed = nothingRemoved;
  const failed: unknown[] = [];
  const table = rememberedTable(deps.retention);
  await inParallel(assetIds, lanes, async (assetId) => {
    try {
      const asset = await deps.index.asset(tenant, assetId);
      if (asset === undefined || asset.summary.state === 'gone') return;
      const { decision } = await decideOver(asset, { ...deps, table }, deps.clock.now());
      if (decision.state !== 'due') return;
      if (asset.detail.factsEtag !== undefined) await deps.vault.purge(factsKey(tenant, assetId));
      const one = await deps.vault.purge(asset.detail.key);
      removed = addRemoved(removed, one);
    } catch (error) {
      failed.push(error);
    }
  });
  deps.meter.count(metricNames.temporaryRemoved, removed.versions);
  deps.meter.bytes(metricNames.temporaryFreed, removed.bytes);
  if (failed.length > 0) throw failed[0];
  return removed;
};
