import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { holdGraceMs } from '../../core/retention/decide.ts';
import type { HoldRow } from '../../core/retention/hold-row.ts';
import { type Clock, utcDay } from '../../core/time.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import type { DueTable } from '../shared/due-table.ts';
import { inParallel } from '../shared/in-parallel.ts';
import type { LookAgain } from '../shared/look-again.ts';
import { holdsOver } from '../shared/retention-facts.ts';
import type { RetentionTable } from '../shared/retention-table.ts';
import type { ByteHolds } from './cover.ts';
import type { PackMembers } from './pack-members.ts';

/** What laying and lifting holds works with. */
export interface HoldDeps {
  readonly index: AssetIndex;
  readonly bytes: ByteHolds;
  readonly retention: Pick<RetentionTable, 'holdsOf'>;
  readonly packMembers: PackMembers;
  readonly due: DueTable;
  readonly lookAgain: LookAgain;
  readonly clock: Clock;
}

/** What a page of a scope came to. */
export interface HoldTally extends Record<string, number> {
  readonly assets: number;
  readonly versions: number;
  /** Another hold covers them still. */
  readonly kept: number;
}

export const noHolds: HoldTally = { assets: 0, versions: 0, kept: 0 };

export const addHolds = (a: HoldTally, b: HoldTally): HoldTally => ({
  assets: a.assets + b.assets,
  versions: a.versions + b.versions,
  kept: a.kept + b.kept,
});

const lanes = 10;

/** Lays S3's legal hold on every version of these assets; with `onlyNew`, on those whose current version has none yet. */
export const layOn = async (
  tenant: string,
  assetIds: readonly string[],
  { onlyNew }: { readonly onlyNew: boolean },
  deps: HoldDeps,
): Promise<HoldTally> =>
  eachAsset(tenant, assetIds, deps, async (asset) => {
    if (onlyNew && asset.detail.legalHold === true) return noHolds;
    const versions = await deps.bytes.set(asset, 'ON');
    await deps.lookAgain(asset.detail.key);
    return { assets: 1, versions, kept: 0 };
  });

/**
 * Lets go of every asset that no other hold covers. A hold that is placed while the bytes are let go has its row by then, or
 * begins to lay itself on afterwards: so the rows are read again after the fact, and what is covered is held again.
 */
export const letGo = async (tenant: string, assetIds: readonly string[], deps: HoldDeps): Promise<HoldTally> =>
  eachAsset(tenant, assetIds, deps, async (asset) => {
    if (await isCovered(asset, deps)) return { assets: 1, versions: 0, kept: 1 };
    const versions = await deps.bytes.set(asset, 'OFF');
    if (await isCovered(asset, deps)) {
      await deps.bytes.set(asset, 'ON');
      return { assets: 1, versions: 0, kept: 1 };
    }
    await deps.lookAgain(asset.detail.key);
    // What became due meanwhile was put off; the next sweep looks at it.
    await deps.due.put(asset, utcDay(deps.clock.now()));
    return { assets: 1, versions, kept: 0 };
  });

const eachAsset = async (
  tenant: string,
  assetIds: readonly string[],
  { index }: HoldDeps,
  work: (asset: AssetRow) => Promise<HoldTally>,
): Promise<HoldTally> => {
  let tally = noHolds;
  const failed: unknown[] = [];
  await inParallel(assetIds, lanes, async (assetId) => {
    try {
      const asset = await index.asset(tenant, assetId);
      if (asset === undefined || asset.summary.state === 'gone') return;
      const one = await work(asset);
      tally = addHolds(tally, one);
    } catch (error) {
      failed.push(error);
    }
  });
  // The page is done again as a whole; each of its steps may be.
  if (failed.length > 0) throw failed[0];
  return tally;
};

/** Whether a hold is in force or in its grace over the asset, or over another member of the same pack. */
const isCovered = async (asset: AssetRow, deps: HoldDeps): Promise<boolean> => {
  const now = deps.clock.now();
  const covered = async (summary: AssetRow['summary']): Promise<boolean> =>
    (await holdsOver(asset.tenant, summary, deps.retention)).some((hold) => holds(hold, now));
  if (await covered(asset.summary)) return true;
  if (asset.detail.pack === undefined) return false;
  for await (const assetId of deps.packMembers(asset.tenant, asset.detail.pack.packId)) {
    const member = await deps.index.asset(asset.tenant, assetId);
    if (member !== undefined && (await covered(member.summary))) return true;
  }
  return false;
};

const holds = ({ summary: { state, releasedAt } }: HoldRow, now: number): boolean =>
  state === 'in-force' || (state === 'released' && now < Date.parse(releasedAt ?? '') + holdGraceMs);
