import { days } from '../../core/time.ts';
import { parseCron } from '../backup/cron.ts';

/** When a schedule falls due. */
export interface ScheduleTimes {
  /** The first instant after this one; undefined where none comes. */
  next(afterMs: number): number | undefined;
  /** From one time to the next; infinite for a single time. */
  readonly periodMs: number;
}

const unitMs: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: days(1) };

/** Windows in which the next instant is looked for, one after the other: most schedules come within a day. */
const windowsMs = [days(1), days(32), days(366 * 5)];

/** Reads `cron(…)`, `rate(…)` and `at(…)`; a rate counts from the instant at which the schedule began. */
export const parseSchedule = (expression: string, beganMs: number): ScheduleTimes => {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate !== null) return everySoOften(Number(rate[1]) * (unitMs[rate[2] ?? ''] ?? 0), beganMs, expression);
  const at = /^at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\)$/.exec(expression);
  if (at !== null) {
    const instant = Date.parse(`${at[1]}Z`);
    return { next: (afterMs) => (instant > afterMs ? instant : undefined), periodMs: Number.POSITIVE_INFINITY };
  }
  return byCalendar(expression, beganMs);
};

const everySoOften = (periodMs: number, beganMs: number, expression: string): ScheduleTimes => {
  if (periodMs === 0) throw new RangeError(`The schedule \`${expression}\` has no period.`);
  return {
    next: (afterMs) => beganMs + (Math.floor(Math.max(0, afterMs - beganMs) / periodMs) + 1) * periodMs,
    periodMs,
  };
};

const byCalendar = (expression: string, beganMs: number): ScheduleTimes => {
  const cron = parseCron(expression);
  const next = (afterMs: number): number | undefined => {
    for (const windowMs of windowsMs) {
      const [first] = cron.between(afterMs, afterMs + windowMs);
      if (first !== undefined) return first;
    }
    return undefined;
  };
  const first = next(beganMs);
  const second = first === undefined ? undefined : next(first);
  const isRepeated = first !== undefined && second !== undefined;
  return { next, periodMs: isRepeated ? second - first : Number.POSITIVE_INFINITY };
};
