import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { statsPk, usagePk } from '../../core/catalog/keys.ts';
import type { Finding } from '../../core/compare/finding.ts';
import { staleCount, wrongCounts } from '../../core/compare/statistics.ts';
import { addCounts, nameOf, type Tally } from '../../core/statistics/change.ts';
import { type Count, countsOf } from '../../core/statistics/count.ts';
import type { CountDifference, CountRow } from '../../core/statistics/recount.ts';
import type { ReconcileDeps } from './ports.ts';

/** What was counted of a tenant so far, as it is noted between two pages. */
interface Noted {
  readonly counts: readonly Count[];
  /** What the counters said before the first row was counted. */
  readonly told: readonly CountRow[];
}

export interface CountedPage {
  readonly tenant: string;
  readonly rows: readonly AssetRow[];
  /** Whether the tenant's rows begin and end with this page. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Where the note of this page goes, and where that of the page before it lies. */
  readonly note: string;
  readonly noteBefore: string;
}

/**
 * Counts a tenant's rows from page to page and compares the sum with its counters. The sum has as many numbers as there are
 * counters, too many for the history of an execution; it is noted aside, under the page's own name, so that a page that is done
 * twice counts once.
 */
export const countPage = async (page: CountedPage, deps: ReconcileDeps): Promise<readonly Finding[]> => {
  const { tenant, rows, isFirst, isLast } = page;
  const before = isFirst ? { counts: [], told: await readCounters(tenant, deps) } : await readNote(page, deps);
  if (before === undefined) return [];
  const tally = new Map<string, Count>(before.counts.map((count) => [nameOf(count.key), count]));
  for (const row of rows) addCounts(tally, countsOf(row));
  if (isLast) return compare(tenant, { tally, told: before.told }, deps);
  await deps.notes.put(page.note, JSON.stringify({ counts: [...tally.values()], told: before.told }));
  return [];
};

/** Counters follow the rows within a second or two; whoever is later than this has stopped. */
const looks = 8;
const pauseMs = 1_500;

const compare = async (
  tenant: string,
  { tally, told }: { readonly tally: Tally; readonly told: readonly CountRow[] },
  deps: ReconcileDeps,
): Promise<readonly Finding[]> => {
  const readings = [told];
  let wrong = await nextReading(tenant, { tally, readings }, deps);
  for (let look = 1; look < looks && wrong.length > 0; look += 1) {
    await deps.pause(pauseMs);
    wrong = await nextReading(tenant, { tally, readings }, deps);
  }
  return wrong.map(staleCount);
};

const nextReading = async (
  tenant: string,
  { tally, readings }: { readonly tally: Tally; readonly readings: (readonly CountRow[])[] },
  deps: ReconcileDeps,
): Promise<readonly CountDifference[]> => {
  readings.push(await readCounters(tenant, deps));
  const known = new Set(deps.classes.map(({ name }) => name));
  return wrongCounts(tally, readings).filter(
    ({ key }) => key.pk !== statsPk(tenant) || known.has(key.sk.split('#')[1] ?? ''),
  );
};

const readCounters = async (tenant: string, { lists }: ReconcileDeps): Promise<readonly CountRow[]> => [
  ...(await lists.counters(statsPk(tenant))),
  ...(await lists.counters(usagePk(tenant))),
];

/** Notes vanish after a day; a job that rested for longer compares no counters of this tenant, and does so the next time. */
const readNote = async ({ noteBefore }: CountedPage, { notes }: ReconcileDeps): Promise<Noted | undefined> => {
  const body = await notes.read(noteBefore);
  return body === undefined ? undefined : JSON.parse(body);
};
