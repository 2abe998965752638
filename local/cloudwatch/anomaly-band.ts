import { days } from '../../core/time.ts';
import type { Series } from './series-math.ts';

/** What is usual for a series at a time. */
export interface Band {
  readonly lower: number;
  readonly upper: number;
}

export type BandSeries = ReadonlyMap<number, Band>;

const dayMs = days(1);
/** So many days are looked back, and so many must have a value before anything can be called unusual. */
const daysBack = 14;
const leastDays = 3;

const call = /^\s*ANOMALY_DETECTION_BAND\(\s*(\w+)\s*(?:,\s*(\d+(?:\.\d+)?)\s*)?\)\s*$/;

/** Which query a band is asked for and how wide it is to be; undefined for any other expression. */
export const bandCall = (expression: string): { readonly of: string; readonly width: number } | undefined => {
  const match = call.exec(expression);
  return match?.[1] === undefined ? undefined : { of: match[1], width: Number(match[2] ?? 2) };
};

/**
 * The band around each value: mean ± `width` standard deviations of the same time on the days before. CloudWatch trains a
 * model that also knows weeks and trends; this one is simple enough to foretell what it says. It is never narrower than one,
 * or a tenth of the mean, on each side.
 */
export const anomalyBand = (series: Series, width: number, seriesOf: (offsetMs: number) => Series): BandSeries => {
  if (typeof series === 'number') throw new Error('ANOMALY_DETECTION_BAND needs a metric, not a number.');
  if (series.size === 0) return new Map();
  const past = Array.from({ length: daysBack }, (_, index) => ({
    offset: (index + 1) * dayMs,
    values: seriesOf((index + 1) * dayMs),
  }));
  const band = new Map<number, Band>();
  for (const time of series.keys()) {
    const values = past
      .map(({ offset, values: earlier }) => (typeof earlier === 'number' ? earlier : earlier.get(time - offset)))
      .filter((value) => value !== undefined);
    if (values.length >= leastDays) band.set(time, bandAround(values, width));
  }
  return band;
};

const bandAround = (values: readonly number[], width: number): Band => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const side = Math.max(1, Math.abs(mean) / 10, width * Math.sqrt(variance));
  return { lower: mean - side, upper: mean + side };
};
