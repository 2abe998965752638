import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../core/time.ts';
import { days, hours, isoTime } from '../../core/time.ts';
import { parseSchedule, type ScheduleTimes } from './schedule-times.ts';
import { deliver, type Target, type TargetDeps } from './targets.ts';

/** A schedule of the template. */
export interface Schedule {
  readonly arn: string;
  readonly expression: string;
  readonly target: Target;
  readonly input: string;
  readonly isEnabled: boolean;
  /** Of a rule, its own service speaks, of a schedule EventBridge Scheduler. */
  readonly service: 'scheduler.amazonaws.com' | 'events.amazonaws.com';
}

export interface SchedulerDeps extends TargetDeps {
  readonly db: DatabaseSync;
  readonly clock: Clock;
  readonly accountId: string;
}

/** Schedules on the one clock. */
export interface Scheduler {
  put(schedule: Schedule): void;
  schedules(): readonly Schedule[];
  /** When each schedule that is switched on runs next, the soonest first. */
  upcoming(): readonly { readonly arn: string; readonly nextMs: number }[];
  /** Starts looking at the clock; what fell due in the last day while the platform was away runs once. */
  start(): void;
  /**
   * Runs what has fallen due, each schedule once, in the order of the instants. With a pace, schedules that come more often
   * than that, and more often than every day, run at their last time in each such stretch only: the runs between would find
   * nothing that the last does not.
   */
  pump(paceMs?: number): void;
  /** The next instant at which a schedule runs at this pace, up to `untilMs`. */
  nextMs(untilMs: number, paceMs: number): number | undefined;
  stop(): void;
}

interface Planned extends Schedule {
  readonly times: ScheduleTimes;
}

const caughtUpMs = hours(24);
const longestTimerMs = 2_147_483_647;

/** Makes the scheduler; when each schedule ran last is kept, so that a restart neither forgets nor repeats a run. */
export const createScheduler = (deps: SchedulerDeps): Scheduler => {
  const { db, clock, log } = deps;
  db.exec(`CREATE TABLE IF NOT EXISTS event_schedules (
    arn TEXT PRIMARY KEY, began_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL
  ) WITHOUT ROWID`);
  const insert = db.prepare('INSERT INTO event_schedules VALUES (?, ?, ?) ON CONFLICT (arn) DO NOTHING');
  const select = db.prepare('SELECT began_ms, last_ms FROM event_schedules WHERE arn = ?');
  const ran = db.prepare('UPDATE event_schedules SET last_ms = ? WHERE arn = ?');
  const planned = new Map<string, Planned>();
  let timer: NodeJS.Timeout | undefined;
  let isStarted = false;

  const lastMs = (arn: string): number => Number(select.get(arn)?.['last_ms'] ?? clock.now());
  const active = (): Planned[] => [...planned.values()].filter(({ isEnabled }) => isEnabled);

  /** The latest instant of a schedule that has come and was not run. */
  const latestDue = ({ arn, times }: Planned, nowMs: number): number | undefined => {
    let due: number | undefined;
    for (let next = times.next(lastMs(arn)); next !== undefined && next <= nowMs; next = times.next(next)) due = next;
    return due;
  };
  const run = ({ arn, service, target, input }: Planned, dueMs: number): void => {
    ran.run(clock.now(), arn);
    if (clock.now() - dueMs > caughtUpMs) {
      log(`${arn} has missed its time at ${isoTime(dueMs)}.`);
      return;
    }
    // A rule has a schedule for each of its targets; it acts under its own name.
    const source = { service, arn: arn.split('#')[0] ?? arn, accountId: deps.accountId };
    deliver(deps, target, source, withTime(input, dueMs, arn));
  };
  const arm = (): void => {
    clearTimeout(timer);
    const next = Math.min(...active().map(({ arn, times }) => times.next(lastMs(arn)) ?? Number.POSITIVE_INFINITY));
    if (!isStarted || !Number.isFinite(next)) return;
    const delayMs = Math.min(Math.max(next - clock.now(), 0) + 1, longestTimerMs);
    timer = setTimeout(() => scheduler.pump(), delayMs).unref();
  };
  const scheduler: Scheduler = {
    put(schedule) {
      const now = clock.now();
      insert.run(schedule.arn, now, now);
      const beganMs = Number(select.get(schedule.arn)?.['began_ms'] ?? now);
      planned.set(schedule.arn, { ...schedule, times: parseSchedule(schedule.expression, beganMs) });
    },
    schedules: () => [...planned.values()],
    upcoming: () =>
      active()
        .flatMap(({ arn, times }) => {
          const nextMs = times.next(clock.now());
          return nextMs === undefined ? [] : [{ arn, nextMs }];
        })
        .sort((a, b) => a.nextMs - b.nextMs),
    start() {
      isStarted = true;
      scheduler.pump();
    },
    pump(paceMs = 0) {
      if (!isStarted) return;
      const now = clock.now();
      const due = active().flatMap((schedule) => {
        if (comesAgain(schedule.times, now, paceMs)) return [];
        const dueMs = latestDue(schedule, now);
        return dueMs === undefined ? [] : [{ schedule, dueMs }];
      });
      due.sort((a, b) => a.dueMs - b.dueMs || (a.schedule.arn < b.schedule.arn ? -1 : 1));
      for (const { schedule, dueMs } of due) run(schedule, dueMs);
      // What is left out on the way would be due at once; the end of the journey looks at it.
      if (paceMs > 0) clearTimeout(timer);
      else arm();
    },
    nextMs(untilMs, paceMs) {
      const now = clock.now();
      const nexts = active().map(({ times }) => lastOfStretch(times, now, paceMs));
      const next = Math.min(...nexts.map((instant) => instant ?? Number.POSITIVE_INFINITY));
      return next <= untilMs ? next : undefined;
    },
    stop() {
      isStarted = false;
      clearTimeout(timer);
    },
  };
  return scheduler;
};

/** True for a schedule that has not had its last time in this stretch. */
const comesAgain = ({ periodMs, next }: ScheduleTimes, nowMs: number, paceMs: number): boolean => {
  if (!isThinned(periodMs, paceMs)) return false;
  const again = next(nowMs);
  return again !== undefined && again < endOfStretch(nowMs, paceMs);
};

/** The last instant of the first stretch in which the schedule comes; simply the next where it is not thinned. */
const lastOfStretch = ({ periodMs, next }: ScheduleTimes, afterMs: number, paceMs: number): number | undefined => {
  let last = next(afterMs);
  if (last === undefined || !isThinned(periodMs, paceMs)) return last;
  const endMs = endOfStretch(last, paceMs);
  // A leap to the end, where the last one of an even schedule is: a week has 2,016 times of every five minutes.
  const near = next(Math.max(last, endMs - periodMs) - 1);
  if (near !== undefined && near < endMs) last = near;
  for (let again = next(last); again !== undefined && again < endMs; again = next(last)) last = again;
  return last;
};

/** What comes every day or less often is never left out, however fast the journey. */
const isThinned = (periodMs: number, paceMs: number): boolean => periodMs < Math.min(paceMs, days(1));

const endOfStretch = (ms: number, paceMs: number): number => (Math.floor(ms / paceMs) + 1) * paceMs;

/** Scheduler's own words in an input: when it was due, and which schedule it was. */
const withTime = (input: string, dueMs: number, arn: string): string =>
  input
    .replaceAll('<aws.scheduler.scheduled-time>', isoTime(dueMs).replace(/\.\d{3}Z$/, 'Z'))
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.execution-id>', `${arn}/${dueMs}`)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
