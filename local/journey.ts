import { hours } from '../core/time.ts';
import { midnightsBetween } from './clock.ts';

export interface JourneyDeps {
  readonly now: () => number;
  /** The next instant on the way at which something runs by itself; undefined where nothing does. */
  readonly nextStop: (untilMs: number, isLongJourney: boolean) => number | undefined;
  /** Sets the clock and does what a day, or the end of the journey, brings. */
  readonly arriveAt: (instantMs: number) => Promise<void>;
  /** Sets the clock and runs what was planned for that instant alone. */
  readonly stopAt: (instantMs: number) => Promise<void>;
}

/** From here on what comes several times a day comes once: a year would have thousands of stops. */
const longJourneyMs = hours(12);

/** Moves the clock to an instant; what falls due on the way happens in order, each at its own time. */
export const travel = async (deps: JourneyDeps, untilMs: number): Promise<void> => {
  const midnights = midnightsBetween(deps.now(), untilMs);
  const isLong = untilMs - deps.now() > longJourneyMs;
  for (const milestone of [...midnights, untilMs]) {
    await stopsBefore(deps, milestone, isLong);
    await deps.arriveAt(milestone);
  }
};

const stopsBefore = async (
  { now, nextStop, stopAt }: JourneyDeps,
  milestoneMs: number,
  isLong: boolean,
): Promise<void> => {
  const next = (): number | undefined => {
    const stop = nextStop(milestoneMs, isLong);
    return stop !== undefined && stop < milestoneMs ? stop : undefined;
  };
  for (let stop = next(); stop !== undefined; stop = next()) await stopAt(Math.max(stop, now()));
};
