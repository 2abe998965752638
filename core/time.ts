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
export const isoTime = (ms: number): string => {
  const whole = Math.trunc(ms);
  const day = Math.floor(whole / dayMs);
  const date = (whole <= lastMs && dates.get(day)) || remember(day, whole);
  const milliseconds = whole - day * dayMs;
  const seconds = Math.floor(milliseconds / 1000);
  const hour = digits[Math.floor(seconds / 3600)];
  const minute = digits[Math.floor(seconds / 60) % 60];
  return `${date}${hour}:${minute}:${digits[seconds % 60]}.${thousandths[milliseconds % 1000]}Z`;
};

/** The last time that the language knows; it throws past it. */
const lastMs = 8.64e15;
/** Days by their beginnings: the same ones are written again and again, and the language takes four times as long. */
const dates = new Map<number, string>();
const maxDates = 4096;

const remember = (day: number, ms: number): string => {
  const date = new Date(ms).toISOString().slice(0, -'hh:mm:ss.mmmZ'.length);
  if (dates.size >= maxDates) dates.clear();
  dates.set(day, date);
  return date;
};

const digits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'));
const thousandths = Array.from({ length: 1000 }, (_, value) => String(value).padStart(3, '0'));

/** The UTC calendar day `YYYY-MM-DD` of an instant. */
export const utcDay = (ms: number): string => isoTime(ms).slice(0, 10);
