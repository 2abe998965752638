import type { AssetRow, DueRow } from '../../core/catalog/asset-row.ts';
import { dueKey } from '../../core/catalog/keys.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { Decision } from '../../core/retention/decide.ts';
import { days, utcDay } from '../../core/time.ts';
import { decideOver } from '../shared/retention-facts.ts';
import type { SweepDeps } from './ports.ts';
import { nothingSwept, type SweepTally } from './tally.ts';

/** Something that a hold without an end keeps is looked at again in a month, on a day that follows from its id. */
const heldLook = (assetId: string, now: number): number => {
  const spread = (assetId.charCodeAt(assetId.length - 2) * 7 + assetId.charCodeAt(assetId.length - 3)) % 28;
  const today = new Date(now);
  return Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + 1, 1) + days(spread);
};

/** An asset that may be due, with the row that said so. */
export interface Candidate {
  readonly tenant: string;
  readonly assetId: string;
  readonly dueRow?: Pick<DueRow, 'pk' | 'sk'>;
  /** Found past its end: where it is not due after all, another row knows its day. */
  readonly isOverdue?: true;
}

/**
 * Decides over one candidate with all that is known now and does what follows: deletes it, or has it looked at on a later
 * day. Doing it again after a crash comes to the same end.
 */
export const judge = async (
  { tenant, assetId, dueRow, isOverdue }: Candidate,
  deps: SweepDeps,
): Promise<SweepTally> => {
  const asset = await deps.index.asset(tenant, assetId);
  if (asset === undefined || asset.summary.state !== 'stored') {
    if (dueRow !== undefined) await deps.due.remove(dueRow);
    return { ...nothingSwept, lookedAt: 1, gone: 1 };
  }
  const sources = { classes: deps.classes, statuteOf: deps.statuteOf, table: deps.retention };
  const { decision } = await decideOver(asset, sources, deps.clock.now());
  if (decision.state === 'due') return expire(asset, { dueRow, isOverdue }, deps);
  if (isOverdue !== true) await putOff(asset, decision, dueRow, deps);
  const held = decision.state === 'held' ? 1 : 0;
  return { ...nothingSwept, lookedAt: 1, held, putOff: 1 - held };
};

/** The class's grace is the time in which an administrator can still bring it back; then lifecycle removes the bytes. */
const expire = async (
  asset: AssetRow,
  { dueRow, isOverdue }: Pick<Candidate, 'dueRow' | 'isOverdue'>,
  deps: SweepDeps,
): Promise<SweepTally> => {
  const { bytes, dataClass } = asset.summary;
  const isNew = await deps.vault.expire(asset.detail.key);
  if (dueRow !== undefined) await deps.due.remove(dueRow);
  // A marker over a key without versions does not last: what is in a pack is taken out of it, for good.
  if (asset.detail.pack !== undefined) await deps.unpack(asset);
  if (!isNew) return { ...nothingSwept, lookedAt: 1, gone: 1 };
  deps.meter.count(metricNames.retentionDeleted, 1, { class: dataClass });
  deps.meter.bytes(metricNames.retentionFreed, bytes, { class: dataClass });
  return { ...nothingSwept, lookedAt: 1, deleted: 1, bytes, overdue: isOverdue === true ? 1 : 0 };
};

/** The new row first: a crash in between leaves two, which is one look too many and none too few. */
const putOff = async (
  asset: AssetRow,
  { state, deleteAt }: Decision,
  dueRow: Candidate['dueRow'],
  deps: SweepDeps,
): Promise<void> => {
  const now = deps.clock.now();
  const next = deleteAt ?? (state === 'held' ? heldLook(asset.summary.assetId, now) : undefined);
  if (next !== undefined) {
    const day = utcDay(Math.max(next, now));
    const { pk, sk } = dueKey(asset.tenant, day, asset.summary.assetId);
    if (dueRow?.pk === pk && dueRow.sk === sk) return;
    await deps.due.put(asset, day);
  }
  if (dueRow !== undefined) await deps.due.remove(dueRow);
};
