import { classPartition, indexNames, uploaderPartition } from '../../core/catalog/keys.ts';
import { utcDay } from '../../core/time.ts';
import type { IndexPosition } from '../shared/asset-index.ts';
import { inParallel } from '../shared/in-parallel.ts';
import { decideOver, rememberedTable } from '../shared/retention-facts.ts';
import type { SweepDeps } from './ports.ts';

/** Whose rule over which class has changed. */
export interface ChangedRule {
  readonly class: string;
  readonly principal?: string | undefined;
}

export type ReevaluationTally = Record<'lookedAt' | 'moved', number>;

export const nothingMoved: ReevaluationTally = { lookedAt: 0, moved: 0 };

export const addMoved = (a: ReevaluationTally, b: ReevaluationTally): ReevaluationTally => ({
  lookedAt: a.lookedAt + b.lookedAt,
  moved: a.moved + b.moved,
});

const assetsAtOnce = 500;
const lanes = 20;

/**
 * Gives the assets of a changed rule the day on which the sweep has to look at them: today for what is over already. It
 * deletes nothing itself, so that a mistaken rule can be taken back until the next sweep.
 */
export const reevaluatePage = async (
  tenant: string,
  { class: dataClass, principal }: ChangedRule,
  after: IndexPosition | undefined,
  deps: SweepDeps,
): Promise<{ readonly tally: ReevaluationTally; readonly next: IndexPosition | undefined }> => {
  const list =
    principal === undefined
      ? { index: indexNames.byKind, partition: classPartition(tenant, dataClass) }
      : { index: indexNames.byActor, partition: uploaderPartition(tenant, principal) };
  const { items, next } = await deps.index.list(list, assetsAtOnce, after);
  const table = rememberedTable(deps.retention);
  const now = deps.clock.now();
  const failed: unknown[] = [];
  const tally = { ...nothingMoved };
  await inParallel(items, lanes, async (item) => {
    if (item.dataClass !== dataClass) return;
    try {
      const asset = await deps.index.asset(tenant, item.assetId);
      if (asset === undefined || asset.summary.state !== 'stored') return;
      tally.lookedAt += 1;
      const { deleteAt } = (await decideOver(asset, { ...deps, table }, now)).decision;
      if (deleteAt === undefined || utcDay(deleteAt) === asset.detail.dueAt?.slice(0, 10)) return;
      await deps.due.put(asset, utcDay(Math.max(deleteAt, now)));
      tally.moved += 1;
    } catch (error) {
      failed.push(error);
    }
  });
  if (failed.length > 0) throw failed[0];
  return { tally, next };
};
