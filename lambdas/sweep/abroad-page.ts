import type { AbroadRow } from '../../core/abroad/abroad-row.ts';
import { lastArrival } from '../../core/abroad/abroad-row.ts';
import { type AbroadDeps, type ErasedAbroad, eraseAbroad, type Refused } from '../../core/abroad/erase-abroad.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AbroadTable } from '../shared/abroad-table.ts';
import { errorFields } from '../shared/error-fields.ts';
import { inParallel } from '../shared/in-parallel.ts';
import type { SweepDeps } from './ports.ts';

/** How the second region is reached, and what has to go there. */
export interface Abroad {
  readonly table: Pick<AbroadTable, 'page' | 'remove' | 'putOff'>;
  readonly vault: Pick<AbroadDeps, 'atHome' | 'abroad' | 'remove'>;
}

export interface AbroadTally extends Record<string, number> {
  /** Versions that are gone from the second region. */
  readonly removed: number;
  /** Versions that should be gone and are not. */
  readonly stuck: number;
}

export const nothingAbroad: AbroadTally = { removed: 0, stuck: 0 };

export const addAbroad = (a: AbroadTally, b: AbroadTally): AbroadTally => ({
  removed: a.removed + b.removed,
  stuck: a.stuck + b.stuck,
});

export interface AbroadCursor {
  /** The row that the page before ended with; empty before the first. */
  readonly after: string;
}

const rowsAtOnce = 40;
const lanes = 8;

/** What S3 answers for a version under lock, or without the right: neither passes by itself. */
const isFinal = ({ code }: Refused): boolean => code === 'AccessDenied';

/**
 * Deletes in the second region what has been deleted at home, some rows a page. A region that does not answer ends the walk: the
 * rows stay, and the next hour tries again.
 */
export const abroadPage = async (
  { after }: AbroadCursor,
  deps: Pick<SweepDeps, 'abroad' | 'clock' | 'meter' | 'log'>,
): Promise<{ readonly tally: AbroadTally; readonly next: AbroadCursor | undefined }> => {
  const { table, vault } = deps.abroad;
  const { rows, next } = await table.page(rowsAtOnce, after || undefined);
  let tally = nothingAbroad;
  let unreached = 0;
  await inParallel(rows, lanes, async (row) => {
    const ended = await eraseAbroad(row, { ...vault, table, clock: deps.clock }).catch((error: unknown) => {
      unreached += 1;
      deps.log.warn('versions could not be deleted in the second region', { row: row.sk, ...errorFields(error) });
      return undefined;
    });
    tally = addAbroad(tally, tallyOf(row, ended, deps));
  });
  deps.meter.count(metricNames.erasedAbroad, tally.removed);
  deps.meter.count(metricNames.erasuresAbroadStuck, tally.stuck);
  return { tally, next: next === undefined || unreached === rows.length ? undefined : { after: next } };
};

const tallyOf = (
  row: AbroadRow,
  ended: ErasedAbroad | undefined,
  { clock, log }: Pick<SweepDeps, 'clock' | 'log'>,
): AbroadTally => {
  const isLate = clock.now() > Date.parse(row.announcedAt) + lastArrival;
  if (ended?.end === 'later') return nothingAbroad;
  if (ended?.end !== 'removed') return { removed: 0, stuck: isLate ? row.versions.length : 0 };
  const { removed, refused } = ended;
  if (refused.length > 0) {
    const codes = [...new Set(refused.map(({ code }) => code))];
    const versionIds = refused.slice(0, 20).map(({ versionId }) => versionId);
    log.warn('the second region keeps versions', { row: row.sk, refused: refused.length, codes, versionIds });
  }
  return { removed, stuck: isLate ? refused.length : refused.filter(isFinal).length };
};
