import type { Tally } from '../statistics/change.ts';
import { type CountDifference, type CountRow, countDifferences } from '../statistics/recount.ts';
import type { Finding } from './finding.ts';

/**
 * The counters that are wrong: only what is wrong by as much in each reading of them, from before the first row was counted
 * until some time after the last, because while rows are counted others are written, and counters follow the rows.
 */
export const wrongCounts = (counted: Tally, readings: readonly (readonly CountRow[])[]): readonly CountDifference[] => {
  const [first = [], ...others] = readings.map((reading) => countDifferences(counted, reading));
  const byName = others.map((differences) => new Map(differences.map((wrong) => [nameOf(wrong), wrong])));
  return first.filter((wrong) =>
    byName.every((differences) => isSameDifference(differences.get(nameOf(wrong)), wrong)),
  );
};

/** The finding of a counter that is wrong. A counter that is only late would be wrong once it was written anew. */
export const staleCount = ({ key, tenant, add }: CountDifference): Finding => ({
  kind: 'stale-statistics',
  key: `${key.pk} ${key.sk}`,
  tenant,
  fields: Object.keys(add).sort(),
  count: { key, add },
  repair: 'ask',
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
