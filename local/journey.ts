import { midnightsBetween } from './clock.ts';

export interface JourneyDeps {
  readonly now: () => number;
  /** The next instant on the way at which something runs by itself; undefined where nothing does. */
  readonly nextStop: (untilMs: number) => number | undefined;
  /** Sets the clock and does what a day, or the end of the journey, brings. */
  readonly arriveAt: (instantMs: number) => Promise<void>;
  /** Sets the clock and runs what was planned for that instant alone. */
  readonly stopAt: (instantMs: number) => Promise<void>;
}

/** Moves the clock to an instant; what falls due on the way happens in order, each at its own time. */
export const travel = async (deps: JourneyDeps, untilMs: number): Promise<void> => {
  const midnights = midnightsBetween(deps.now(), untilMs);
  for (const milestone of [...midnights, untilMs]) {
    await stopsBefore(deps, milestone);
    await deps.arriveAt(milestone);
  }
};

const stopsBefore = async ({ now, nextStop, stopAt }: JourneyDeps, milestoneMs: number): Promise<void> => {
  for (let stop = nextStop(milestoneMs); stop !== undefined && stop < milestoneMs; stop = nextStop(milestoneMs)) {
    await stopAt(Math.max(stop, now()));
  }
};
