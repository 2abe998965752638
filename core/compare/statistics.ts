import type { Tally } from '../statistics/change.ts';
import { type CountDifference, type CountRow, countDifferences } from '../statistics/recount.ts';
import type { Finding } from './finding.ts';

/** What counters said before and after the rows were counted. */
export interface ToldCounts {
  readonly before: readonly CountRow[];
  readonly after: readonly CountRow[];
}

/**
 * The counters that are wrong: only what is wrong by as much in both readings, because while rows are counted others are
 * written.
 */
export const wrongCounts = (counted: Tally, { before, after }: ToldCounts): readonly CountDifference[] => {
  const first = new Map(countDifferences(counted, before).map((difference) => [nameOf(difference), difference]));
  return countDifferences(counted, after).filter((difference) =>
    isSameDifference(first.get(nameOf(difference)), difference),
  );
};

/** The finding of a counter that is wrong. */
export const staleCount = ({ key, tenant, add }: CountDifference): Finding => ({
  kind: 'stale-statistics',
  key: `${key.pk} ${key.sk}`,
  tenant,
  fields: Object.keys(add).sort(),
  count: { key, add },
  repair: 'safe',
  action: 'recount',
  found: `The counter is wrong: ${Object.entries(add)
    .map(([name, value]) => `${name} by ${-value}`)
    .sort()
    .join(', ')}.`,
});

const isSameDifference = (a: CountDifference | undefined, b: CountDifference): boolean =>
  a !== undefined &&
  Object.keys(a.add).length === Object.keys(b.add).length &&
  Object.entries(b.add).every(([name, value]) => a.add[name] === value);

const nameOf = ({ key }: CountDifference): string => `${key.pk.length} ${key.pk}${key.sk}`;
