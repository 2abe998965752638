import { days, hours } from '../core/time.ts';
import { midnightsBetween } from './clock.ts';

export interface JourneyDeps {
  readonly now: () => number;
  /** The next instant on the way at which something runs by itself; undefined where nothing does. */
  readonly nextStop: (untilMs: number, paceMs: number) => number | undefined;
  /** Sets the clock and does what a day, or the end of the journey, brings. */
  readonly arriveAt: (instantMs: number, paceMs: number) => Promise<void>;
  /** Sets the clock and runs what was planned for that instant alone. */
  readonly stopAt: (instantMs: number, paceMs: number) => Promise<void>;
}

/** Moves the clock to an instant; what falls due on the way happens in order, each at its own time. */
export const travel = async (deps: JourneyDeps, untilMs: number): Promise<void> => {
  const paceOf = paceOfJourney(deps.now(), untilMs);
  const lastStretchMs = untilMs - unhurriedMs;
  for (const midnight of midnightsBetween(deps.now(), lastStretchMs)) {
    await stopsBefore(deps, midnight, paceOf(midnight));
    await deps.arriveAt(midnight, paceOf(midnight));
  }
  if (paceOf(lastStretchMs) > 0) {
    await stopsBefore(deps, lastStretchMs, paceOf(lastStretchMs));
    await deps.stopAt(lastStretchMs, 0);
  }
  for (const milestone of [...midnightsBetween(deps.now(), untilMs), untilMs]) {
    await stopsBefore(deps, milestone, 0);
    await deps.arriveAt(milestone, 0);
  }
};

/**
 * The end of a journey leaves nothing out, and what was left out runs at its beginning: alarms look at minutes that are over, and
 * what is told in the very last one would look like silence.
 */
const unhurriedMs = 120_000;

/**
 * How often schedules that come more often than every day run on the way; all others run each time. A journey of hours leaves
 * nothing out; one of days runs them once a day; one of months once a week until its last week. A year of every five minutes
 * would have a hundred thousand stops otherwise.
 */
const paceOfJourney = (fromMs: number, untilMs: number): ((atMs: number) => number) => {
  const lengthMs = untilMs - fromMs;
  if (lengthMs <= hours(12)) return () => 0;
  return (atMs) => (lengthMs > days(31) && untilMs - atMs > days(7) ? days(7) : days(1));
};

const stopsBefore = async (
  { now, nextStop, stopAt }: JourneyDeps,
  milestoneMs: number,
  paceMs: number,
): Promise<void> => {
  const next = (): number | undefined => {
    const stop = nextStop(milestoneMs, paceMs);
    return stop !== undefined && stop < milestoneMs ? stop : undefined;
  };
  for (let stop = next(); stop !== undefined; stop = next()) await stopAt(Math.max(stop, now()), paceMs);
};
