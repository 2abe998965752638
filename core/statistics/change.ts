import type { AssetRow } from '../catalog/asset-row.ts';
import { growthKey, type TableKey } from '../catalog/keys.ts';
import { utcDay } from '../time.ts';
import { type Count, countsOf, keptOf } from './count.ts';

/** One change of an asset row as the table's stream tells it. */
export interface AssetChange {
  /** Where it stands in its shard: a whole number, in digits. */
  readonly sequence: string;
  /** When the row was written, in milliseconds. */
  readonly at: number;
  readonly before?: AssetRow;
  readonly after?: AssetRow;
}

/** What came and went on one day in one class; the two never cancel each other out. */
export interface GrowthCount {
  readonly addedAssets: number;
  readonly addedBytes: number;
  readonly removedAssets: number;
  readonly removedBytes: number;
}

/** Numbers by counter row. */
export type Tally = ReadonlyMap<string, Count>;

/** The name of a row within a tally. */
export const nameOf = ({ pk, sk }: TableKey): string => `${pk.length} ${pk}${sk}`;

/** Adds counts into a tally; what becomes zero stays as zero. */
export const addCounts = (tally: Map<string, Count>, counts: Iterable<Count>, sign: 1 | -1 = 1): void => {
  for (const { key, tenant, add } of counts) {
    const name = nameOf(key);
    const numbers: Record<string, number> = { ...tally.get(name)?.add };
    for (const [field, value] of Object.entries(add)) numbers[field] = (numbers[field] ?? 0) + sign * value;
    tally.set(name, { key, tenant, add: numbers });
  }
};

/** What one change adds to the counters and to the growth of its day; only numbers that are not zero. */
export const countsOfChange = ({ at, before, after }: AssetChange): readonly Count[] => {
  const tally = new Map<string, Count>();
  addCounts(tally, countsOf(after));
  addCounts(tally, countsOf(before), -1);
  addCounts(tally, growthOf(at, before, after));
  return effective(tally);
};

/** The counts of a tally that change anything. */
export const effective = (tally: Tally): readonly Count[] =>
  [...tally.values()].flatMap(({ key, tenant, add }) => {
    const numbers = Object.entries(add).filter(([, value]) => value !== 0);
    return numbers.length === 0 ? [] : [{ key, tenant, add: Object.fromEntries(numbers) }];
  });

/** A class that changes its name takes its bytes away and brings them again, so both sides are counted for themselves. */
const growthOf = (at: number, before: AssetRow | undefined, after: AssetRow | undefined): readonly Count[] => {
  const had = keptOf(before);
  const has = keptOf(after);
  const sides = new Map<string, { tenant: string; dataClass: string; assets: number; bytes: number }>();
  const side = (row: AssetRow | undefined, assets: number, bytes: number): void => {
    if (row === undefined) return;
    const { tenant, summary } = row;
    const known = sides.get(summary.dataClass) ?? { tenant, dataClass: summary.dataClass, assets: 0, bytes: 0 };
    sides.set(summary.dataClass, { ...known, assets: known.assets + assets, bytes: known.bytes + bytes });
  };
  side(after, has.assets, has.bytes);
  side(before, -had.assets, -had.bytes);
  return [...sides.values()].map(({ tenant, dataClass, assets, bytes }) => ({
    key: growthKey(tenant, utcDay(at), dataClass),
    tenant,
    add: {
      addedAssets: Math.max(0, assets),
      addedBytes: Math.max(0, bytes),
      removedAssets: Math.max(0, -assets),
      removedBytes: Math.max(0, -bytes),
    },
  }));
};
