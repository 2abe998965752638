import type { AssetRow } from '../catalog/asset-row.ts';
import type { TableKey } from '../catalog/keys.ts';
import { addCounts, nameOf, type Tally } from './change.ts';
import { type Count, countsOf } from './count.ts';

/** What the counters of asset rows should say, gathered page by page while the rows are read. */
export interface Recount {
  add(row: AssetRow): void;
  tally(): Tally;
}

/** Counts rows from scratch; as many counters stand in memory as there are, never rows. */
export const recount = (rows: Iterable<AssetRow> = []): Recount => {
  const tally = new Map<string, Count>();
  const add = (row: AssetRow): void => addCounts(tally, countsOf(row));
  for (const row of rows) add(row);
  return { add, tally: () => tally };
};

/** A counter row as the table has it. */
export interface CountRow extends TableKey {
  readonly kind: 'count';
  readonly tenant: string;
  /** ISO time of its last change. */
  readonly updatedAt: string;
  readonly [field: string]: unknown;
}

/** A counter that does not say what the rows say. */
export interface CountDifference {
  readonly key: TableKey;
  readonly tenant: string;
  /** What has to be added to each number to make it right. */
  readonly add: Readonly<Record<string, number>>;
}

const about = new Set(['pk', 'sk', 'kind', 'tenant', 'updatedAt']);

/** The numbers of a counter row. */
export const numbersOf = (row: CountRow): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) =>
      about.has(name) || typeof value !== 'number' ? [] : [[name, value] as const],
    ),
  );

/**
 * Where counters and rows disagree. Both have to be of one moment: read the counters, count the rows, read the counters
 * again, and believe only a difference that both readings show, since while rows are counted others are written.
 */
export const countDifferences = (counted: Tally, rows: Iterable<CountRow>): readonly CountDifference[] => {
  const stored = new Map<string, CountRow>();
  for (const row of rows) stored.set(nameOf(row), row);
  const differences: CountDifference[] = [];
  for (const [name, { key, tenant, add }] of counted) {
    const row = stored.get(name);
    stored.delete(name);
    differences.push(...difference(key, tenant, add, row === undefined ? {} : numbersOf(row)));
  }
  for (const row of stored.values())
    differences.push(...difference({ pk: row.pk, sk: row.sk }, row.tenant, {}, numbersOf(row)));
  return differences;
};

const difference = (
  key: TableKey,
  tenant: string,
  wanted: Readonly<Record<string, number>>,
  found: Readonly<Record<string, number>>,
): readonly CountDifference[] => {
  const names = new Set([...Object.keys(wanted), ...Object.keys(found)]);
  const add = [...names].map((name) => [name, (wanted[name] ?? 0) - (found[name] ?? 0)] as const);
  const wrong = add.filter(([, value]) => value !== 0);
  return wrong.length === 0 ? [] : [{ key, tenant, add: Object.fromEntries(wrong) }];
};
