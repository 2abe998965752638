import { type AssetChange, addCounts, countsOfChange, effective } from './change.ts';
import type { Count } from './count.ts';

/** Counter rows that one transaction changes besides the position; DynamoDB takes 100 items, each at two write units. */
export const maxCountersInPart = 90;

/** One transaction: what it adds, and the position that it moves. */
export interface Part {
  /** The position that there must be; undefined: the shard has none yet. */
  readonly from: string | undefined;
  /** The position afterwards: every change up to it is counted. */
  readonly to: string;
  readonly counts: readonly Count[];
}

/**
 * Makes transactions of the changes of one shard. The position says up to where the counters hold what the shard told, and
 * moves in the same transaction as the counters: a change at or below it was counted and adds nothing, whatever batch brings
 * it again. A batch that touches more rows than fit takes several transactions, each of which holds whole changes and moves
 * the position past them, so that a crash between two of them leaves nothing half counted.
 */
export const partsOf = (
  changes: readonly AssetChange[],
  position: string | undefined,
  maxCounters = maxCountersInPart,
): readonly Part[] => {
  const parts: Part[] = [];
  let tally = new Map<string, Count>();
  let from = position;
  let to = position;
  const close = (): void => {
    if (to === undefined || to === from) return;
    parts.push({ from, to, counts: effective(tally) });
    from = to;
    tally = new Map();
  };
  for (const change of changes) {
    if (isCounted(change.sequence, to)) continue;
    const counts = countsOfChange(change);
    const merged = new Map(tally);
    addCounts(merged, counts);
    if (merged.size > maxCounters && tally.size > 0) {
      close();
      addCounts(tally, counts);
    } else tally = merged;
    to = change.sequence;
  }
  if (tally.size > 0) close();
  return parts;
};

/** True where the position is at or past a change. */
export const isCounted = (sequence: string, position: string | undefined): boolean =>
  position !== undefined && BigInt(sequence) <= BigInt(position);
