import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { graceEndOf, type HoldSummary } from '../../core/retention/hold-row.ts';
import { days } from '../../core/time.ts';
import { firstOfScope, type ScopeCursor, scopePage } from '../shared/hold-scope.ts';
import type { SweepDeps } from './ports.ts';

/** An upload takes a day at most from its begin, which is the time of creation, to the vault. */
const latestArrival = days(2);
/** Where there is more than this to look at, the job looks at each. */
const mostLooks = 50;

/**
 * Starts the jobs that holds need: whose grace is over is lifted; all others are laid on what came since and lacks them, and once
 * a day on whatever they cover and lacks them, which heals what went wrong. The ids follow from the sweep's, so that a repetition
 * starts nothing twice.
 */
export const keepHolds = async (
  { jobId, everything }: { readonly jobId: string; readonly everything: boolean },
  deps: Pick<SweepDeps, 'tenants' | 'holds' | 'jobs' | 'clock' | 'index'>,
): Promise<Record<'kept' | 'lifted', number>> => {
  const count = { kept: 0, lifted: 0 };
  const now = deps.clock.now();
  const tenants = deps.tenants.remembered();
  let tenant = await tenants.after(undefined);
  while (tenant !== undefined) {
    for (const hold of await deps.holds.list(tenant)) {
      const graceEnd = graceEndOf(hold);
      const isOver = graceEnd !== undefined && Date.parse(graceEnd) <= now;
      const since = everything ? undefined : now - latestArrival;
      if (!isOver && !(await hasUnheld(tenant, hold, since, deps))) continue;
      count[isOver ? 'lifted' : 'kept'] += 1;
      await start(tenant, hold, { isOver, jobId, since }, deps);
    }
    tenant = await tenants.after(tenant);
  }
  return count;
};

/** Whether something (that came since) has no legal hold yet; a job for each hold in each hour or night would mostly find nothing. */
const hasUnheld = async (
  tenant: string,
  hold: HoldSummary,
  since: number | undefined,
  deps: Pick<SweepDeps, 'index'>,
): Promise<boolean> => {
  // An asset is there before somebody holds it.
  if (hold.scope === 'asset' && since !== undefined) return false;
  let looks = 0;
  for (let cursor: ScopeCursor | undefined = firstOfScope; cursor !== undefined; ) {
    const { assetIds, next } = await scopePage(tenant, { ...hold, since }, cursor, deps);
    looks += assetIds.length;
    if (looks > mostLooks) return true;
    const assets = await Promise.all(assetIds.map((assetId) => deps.index.asset(tenant, assetId)));
    if (assets.some((asset) => asset !== undefined && isUnheld(asset))) return true;
    cursor = next;
  }
  return false;
};

const isUnheld = ({ summary, detail }: AssetRow): boolean => summary.state !== 'gone' && detail.legalHold !== true;

const start = async (
  tenant: string,
  { holdId }: HoldSummary,
  { isOver, jobId, since }: { readonly isOver: boolean; readonly jobId: string; readonly since: number | undefined },
  { jobs }: Pick<SweepDeps, 'jobs'>,
): Promise<void> => {
  const name = holdId.slice(holdId.lastIndexOf('~') + 1);
  // `sweep-2026-01-31T08` → `20260131T08`: the same hour starts the same job.
  const hour = jobId
    .replace(/^[a-z]+-/, '')
    .replace(/[^0-9A-Za-z]/g, '')
    .slice(0, 20);
  await jobs.start({
    tenant,
    jobId: `${isOver ? 'lift' : 'keep'}-${name}-${hour}`,
    job: 'hold',
    input: { action: isOver ? 'lift' : 'keep', holdId, ...(since !== undefined && !isOver && { since }) },
    createdBy: 'sweep',
  });
};
