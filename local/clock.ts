import type { Clock } from '../core/time.ts';
import { days, isoTime } from '../core/time.ts';

/**
 * The one clock of the platform: the machine's time plus an offset that people move. The offset lies in shared memory, so
 * that every function's `Date` moves in the same instant.
 */
export interface PlatformClock extends Clock {
  /** One Float64: milliseconds ahead of the machine. */
  readonly offset: SharedArrayBuffer;
  /** Jumps to an instant. One that has passed meanwhile changes nothing, because nothing that has happened can unhappen. */
  set(instantMs: number): void;
}

export const createPlatformClock = (initialOffsetMs = 0): PlatformClock => {
  const offset = new SharedArrayBuffer(8);
  const view = new Float64Array(offset);
  view[0] = initialOffsetMs;
  return {
    offset,
    ...sharedClock(offset),
    set(instantMs) {
      view[0] = Math.max(view[0] ?? 0, instantMs - Date.now());
    },
  };
};

/** The platform's clock as another thread reads it. */
export const sharedClock = (offset: SharedArrayBuffer): Clock => {
  const view = new Float64Array(offset);
  return { now: () => Math.floor(Date.now() + (view[0] ?? 0)) };
};

/** Time goes on while somebody asks for an instant that is now. */
const graceMs = 60_000;
/** Every day on the way has its work. */
const longestJourneyMs = days(366 * 20);

/** Refuses an instant that is past, or so far off that the journey would not end; throws a RangeError that says which. */
export const requireReachable = (instantMs: number, nowMs: number): void => {
  if (instantMs >= nowMs - graceMs && instantMs <= nowMs + longestJourneyMs) return;
  const wanted = Math.abs(instantMs) <= 8.64e15 ? isoTime(instantMs) : String(instantMs);
  throw new RangeError(
    `The clock stands at ${isoTime(nowMs)} and moves only forward, at most twenty years at once; ${wanted} is out of its reach.`,
  );
};

/** The midnights (UTC) after `fromMs` and up to `toMs`: when daily work is due. */
export const midnightsBetween = (fromMs: number, toMs: number): number[] => {
  const first = (Math.floor(fromMs / days(1)) + 1) * days(1);
  return Array.from(
    { length: Math.max(0, Math.floor((toMs - first) / days(1)) + 1) },
    (_, index) => first + index * days(1),
  );
};

/** Reads `+90d`, `+12h`, `+30m`, `+10s` (from now) or an ISO time; throws a RangeError for anything else. */
export const parseInstant = (text: string, nowMs: number): number => {
  const relative = /^\+(\d{1,6})([smhd])$/.exec(text);
  if (relative !== null) return nowMs + Number(relative[1]) * (unitMs[relative[2] ?? ''] ?? 0);
  const absolute = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(absolute)) return absolute;
  throw new RangeError(`\`${text}\` is no time: write +90d, +12h, +30m, +10s or 2027-01-31T08:00:00Z.`);
};

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: days(1) };
