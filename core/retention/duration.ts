import { days, hours } from '../time.ts';

/** The longest time that anybody may ask for: what is to outlive it is no retention but a decision of others. */
export const longestDurationMs = days(36_525);

/** `30d` or `12h` in milliseconds; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^(-?\d{1,9})([dh])$/.exec(text);
  if (match === null) return undefined;
  return match[2] === 'd' ? days(Number(match[1])) : hours(Number(match[1]));
};

/** As `parseDuration` reads it: whole days where they are whole, hours otherwise. */
export const durationText = (ms: number): string =>
  ms % days(1) === 0 ? `${ms / days(1)}d` : `${Math.round(ms / hours(1))}h`;
