import type { Finding, FindingKind } from '../../core/compare/finding.ts';

/** What became of a finding: `proposed` where nothing was to be repaired, `asked` where only people can decide. */
export type Settlement = 'repaired' | 'proposed' | 'asked' | 'failed';

/** A finding with what became of it, as a report shows it. */
export type SettledFinding = Omit<Finding, 'key'> & {
  /** Left out where the asset says it: a key can hold the name that somebody gave a file. */
  readonly key?: string;
  readonly settled: Settlement;
  /** A code of the error table, where the repair failed. */
  readonly failure?: string;
};

/** What was counted so far; only counts, so that it may stand in the history of an execution. */
export interface Tally {
  readonly keys: number;
  readonly rows: number;
  readonly findings: Partial<Record<FindingKind, number>>;
  readonly settled: Partial<Record<Settlement, number>>;
  /** Parts of the report that were written. */
  readonly parts: number;
}

export const emptyTally: Tally = { keys: 0, rows: 0, findings: {}, settled: {}, parts: 0 };

/** Adds what two stretches counted. */
export const addTallies = (a: Tally, b: Tally): Tally => ({
  keys: a.keys + b.keys,
  rows: a.rows + b.rows,
  findings: addCounts(a.findings, b.findings),
  settled: addCounts(a.settled, b.settled),
  parts: a.parts + b.parts,
});

const addCounts = <Name extends string>(
  a: Partial<Record<Name, number>>,
  b: Partial<Record<Name, number>>,
): Partial<Record<Name, number>> => {
  const sum = { ...a };
  for (const name of Object.keys(b) as Name[]) sum[name] = (sum[name] ?? 0) + (b[name] ?? 0);
  return sum;
};

/** Counts the findings of one stretch. */
export const tallyOf = (settled: readonly SettledFinding[], seen: Pick<Tally, 'keys' | 'rows'>): Tally => ({
  ...seen,
  findings: countBy(settled.map(({ kind }) => kind)),
  settled: countBy(settled.map((finding) => finding.settled)),
  parts: settled.length === 0 ? 0 : 1,
});

const countBy = <Name extends string>(names: readonly Name[]): Partial<Record<Name, number>> => {
  const counts: Partial<Record<Name, number>> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
};

/** How far a job is, as its row tells it. */
export const progressOf = ({ keys, rows, findings, settled }: Tally): Record<string, number> => ({
  keys,
  rows,
  findings: Object.values(findings).reduce((sum, count) => sum + count, 0),
  repaired: settled.repaired ?? 0,
});
