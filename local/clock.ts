import type { Clock } from '../core/time.ts';

/**
 * The one clock of the platform: the machine's time plus an offset that people move. The offset lies in shared memory, so
 * that every function's `Date` moves in the same instant.
 */
export interface PlatformClock extends Clock {
  /** One Float64: milliseconds ahead of the machine. */
  readonly offset: SharedArrayBuffer;
  /** Jumps to an instant; going back is refused, because nothing that has happened can unhappen. */
  set(instantMs: number): void;
}

export const createPlatformClock = (initialOffsetMs = 0, machineNow: () => number = Date.now): PlatformClock => {
  const offset = new SharedArrayBuffer(8);
  const view = new Float64Array(offset);
  view[0] = initialOffsetMs;
  const now = () => Math.floor(machineNow() + (view[0] ?? 0));
  return {
    offset,
    now,
    set(instantMs) {
      if (instantMs < now()) {
        throw new RangeError(`The clock stands at ${new Date(now()).toISOString()} and only moves forward.`);
      }
      view[0] = instantMs - machineNow();
    },
  };
};
