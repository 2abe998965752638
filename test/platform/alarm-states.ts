import { minutes } from './minutes.ts';
import type { RunningPlatform } from './running-platform.ts';

/**
 * What an alarm, named by its section of the runbook, says once the present minute is over, and what it says an hour later if
 * nothing more happens. The clock stays where it is.
 */
export const nowAndLater = ({ platform }: RunningPlatform, section: string): (string | undefined)[] =>
  [minutes(1), minutes(61)].map((aheadMs) => {
    const { cloudWatch } = platform.services;
    cloudWatch.evaluate(platform.clock.now() + aheadMs);
    return cloudWatch.alarms().find(({ alarm }) => alarm.description?.endsWith(`#${section.toLowerCase()}`))?.state;
  });
