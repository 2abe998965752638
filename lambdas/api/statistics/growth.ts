import type { GrowthDay, Stats } from '../../../core/schemas/stats.ts';
import { numberIn } from '../../../core/statistics/class-count-row.ts';
import { forecast } from '../../../core/statistics/forecast.ts';
import type { CountRow } from '../../../core/statistics/recount.ts';
import { days } from '../../../core/time.ts';

type Change = Omit<GrowthDay, 'bytes'>;

/**
 * Day by day what came and went, with what was kept at the end of each: reckoned back from what is kept now, so that the last
 * day agrees with the counters.
 */
export const growthOf = (rows: readonly CountRow[], keptNow: number): Stats['growth'] => {
  const changes = [...Map.groupBy(rows, ({ sk }) => sk.slice(0, 'YYYY-MM-DD'.length))]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([day, own]) => changeOf(day, own));
  const found: GrowthDay[] = [];
  let bytes = keptNow;
  for (const change of changes.toReversed()) {
    found.unshift({ ...change, bytes: Math.max(0, bytes) });
    bytes -= change.addedBytes - change.removedBytes;
  }
  const totals = found.map(({ day, bytes: kept }) => ({ day: Date.parse(day) / days(1), bytes: kept }));
  const line = forecast(totals, keptNow);
  return { days: found, ...(line && { forecast: line }) };
};

const changeOf = (day: string, rows: readonly CountRow[]): Change => {
  const sum = (name: string): number => rows.reduce((total, row) => total + numberIn(row, name), 0);
  return {
    day,
    addedAssets: sum('addedAssets'),
    addedBytes: sum('addedBytes'),
    removedAssets: sum('removedAssets'),
    removedBytes: sum('removedBytes'),
  };
};
