/** What was kept at the end of a day. */
export interface DayTotal {
  /** Days since any fixed day; gaps are days on which nothing changed. */
  readonly day: number;
  readonly bytes: number;
}

/** A straight line through the last days, and where it leads. */
export interface Forecast {
  readonly bytesPerDay: number;
  /** How many days the line rests on. */
  readonly basedOnDays: number;
  readonly in30Days: number;
  readonly in90Days: number;
  readonly in365Days: number;
}

/** Fewer days say nothing. */
export const leastDays = 3;

/**
 * Draws the line of least squares through the totals of the last days and goes on from what is kept today. Undefined where
 * there are too few days. Nothing is below zero: a store that shrinks ends empty.
 */
export const forecast = (totals: readonly DayTotal[], now: number): Forecast | undefined => {
  const [first, last] = [totals[0], totals.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const basedOnDays = last.day - first.day + 1;
  if (basedOnDays < leastDays) return undefined;
  const bytesPerDay = Math.round(slope(totals));
  const after = (days: number): number => Math.max(0, now + bytesPerDay * days);
  return { bytesPerDay, basedOnDays, in30Days: after(30), in90Days: after(90), in365Days: after(365) };
};

const slope = (totals: readonly DayTotal[]): number => {
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = mean(totals.map(({ day }) => day));
  const average = mean(totals.map(({ bytes }) => bytes));
  const spread = totals.reduce((sum, { day }) => sum + (day - middle) ** 2, 0);
  const together = totals.reduce((sum, { day, bytes }) => sum + (day - middle) * (bytes - average), 0);
  return spread === 0 ? 0 : together / spread;
};
