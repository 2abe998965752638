import type { RunningPlatform } from './running-platform.ts';

/** Switches schedules off but for those of the named jobs, so that months pass for what a test is about alone. */
export const letSchedulesRest = (
  { platform }: Pick<RunningPlatform, 'platform'>,
  except: readonly string[] = [],
): void => {
  const { scheduler } = platform.services.events;
  for (const schedule of scheduler.schedules()) {
    const isNeeded = except.some((name) => schedule.input.includes(`"name":"${name}"`));
    if (!isNeeded) scheduler.put({ ...schedule, isEnabled: false });
  }
};
