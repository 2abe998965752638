import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalWindow, isArrivalMissing } from '../../core/watch/arrivals.ts';

const hour = 3_600_000;
const now = Date.parse('2026-01-15T10:20:00Z');
/** The hour that began so many hours before the last full one, on a day before. */
const at = (daysAgo: number, hoursAgo = 0): number =>
  Date.parse('2026-01-15T09:00:00Z') - (daysAgo * 24 + hoursAgo) * hour;

describe('nothing came though it usually does', () => {
  const usual = [1, 2, 3, 4, 5].map((day) => [at(day, 1), 4] as const);

  it('where five of seven days had something in the same three hours', () => {
    expect(isArrivalMissing(new Map(usual), now)).toBe(true);
    expect(isArrivalMissing(new Map(usual.slice(1)), now)).toBe(false);
  });

  it('not where the days had it at another time', () => {
    expect(isArrivalMissing(new Map(usual.map(([time, count]) => [time - 3 * hour, count])), now)).toBe(false);
  });

  it('not where something came in the last three full hours', () => {
    expect(isArrivalMissing(new Map([...usual, [at(0, 2), 1]]), now)).toBe(false);
    expect(isArrivalMissing(new Map([...usual, [at(0, 3), 1]]), now)).toBe(true);
  });

  it('not where nothing ever came', () => {
    expect(isArrivalMissing(new Map(), now)).toBe(false);
  });

  it('is decided by the hours of the window alone', () => {
    const { fromMs, toMs } = arrivalWindow(now);
    const outside = fc.integer({ min: 1, max: 1000 }).map(
      (count) =>
        [
          [fromMs - count * hour, 1],
          [toMs + count * hour, 1],
        ] as [number, number][],
    );

    fc.assert(fc.property(outside, (more) => isArrivalMissing(new Map([...usual, ...more]), now)));
  });
});
