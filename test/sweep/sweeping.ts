import { utcDay } from '../../core/time.ts';
import { type DueCursor, duePage } from '../../lambdas/sweep/due-page.ts';
import { type RulesCursor, rulesPage } from '../../lambdas/sweep/rules-page.ts';
import { addTallies, nothingSwept, type SweepTally } from '../../lambdas/sweep/tally.ts';
import { type SweepWorld, startTime } from './sweep-world.ts';

export const today = utcDay(startTime);

/** Pages until none follows; each page may be done twice, as after a crash. */
export const allPages = async <Cursor>(
  from: Cursor,
  page: (cursor: Cursor) => Promise<{ tally: SweepTally; next: Cursor | undefined }>,
  twice = false,
): Promise<SweepTally> => {
  let sum = nothingSwept;
  for (let at: Cursor | undefined = from; at !== undefined; ) {
    if (twice) await page(at).catch(() => undefined);
    const { tally, next } = await page(at);
    sum = addTallies(sum, tally);
    at = next;
  }
  return sum;
};
export const sweepDue = (world: SweepWorld, twice = false) =>
  allPages<DueCursor>({ shard: 0 }, (cursor) => duePage(cursor, world.now, world.deps), twice);
export const sweepRules = (world: SweepWorld) =>
  allPages<RulesCursor>({ rule: 0 }, (cursor) => rulesPage(cursor, world.now, world.deps));
export const snapshot = { dataClass: 'face-snapshot' };
