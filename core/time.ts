/** Tells the time; injected wherever a decision depends on it, so that tests and the embedded platform can move it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

const dayMs = 86_400_000;

/** A whole number of days, in milliseconds. */
export const days = (count: number): number => count * dayMs;

/** A whole number of hours, in milliseconds. */
export const hours = (count: number): number => count * 3_600_000;

/** ISO 8601 UTC with milliseconds, the form in which every record keeps a time. */
export const isoTime = (ms: number): string => new Date(ms).toISOString();

/** The UTC calendar day `YYYY-MM-DD` of an instant. */
export const utcDay = (ms: number): string => isoTime(ms).slice(0, 10);
