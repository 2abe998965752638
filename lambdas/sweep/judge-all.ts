import { inParallel } from '../shared/in-parallel.ts';
import { rememberedTable } from '../shared/retention-facts.ts';
import { type Candidate, judge } from './judge.ts';
import type { SweepDeps } from './ports.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

const lanes = 20;

/** Judges candidates side by side. Where one fails the others are still judged; then the page fails and is done again. */
export const judgeAll = async (candidates: readonly Candidate[], deps: SweepDeps): Promise<SweepTally> => {
  let tally = nothingSwept;
  const failed: unknown[] = [];
  const together = { ...deps, retention: rememberedTable(deps.retention) };
  await inParallel(candidates, lanes, async (candidate) => {
    try {
      const one = await judge(candidate, together);
      tally = addTallies(tally, one);
    } catch (error) {
      failed.push(error);
    }
  });
  if (failed.length > 0) throw failed[0];
  return tally;
};
