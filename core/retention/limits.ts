import type { RetentionRule } from '../data-class.ts';
import { hours } from '../time.ts';
import { durationText, longestDurationMs } from './duration.ts';
import type { Statute } from './inputs.ts';

/** Within what a tenant or a user may choose. */
export interface RetentionBounds {
  readonly classRule: RetentionRule;
  readonly statute?: Statute | undefined;
}

/** The least that a class and the law allow. */
export const leastDeleteAfter = ({ classRule, statute }: RetentionBounds): number =>
  Math.max(hours(1), classRule.floor ?? 0, statute?.floor ?? 0);

/** The most that a class and the law allow. */
export const mostDeleteAfter = ({ classRule, statute }: RetentionBounds): number =>
  Math.min(
    longestDurationMs,
    classRule.deleteAfter ?? Number.POSITIVE_INFINITY,
    statute?.ceiling ?? Number.POSITIVE_INFINITY,
  );

/**
 * Why a tenant or a user may not have this; undefined where they may. A choice only ever shortens: what a class or the law
 * ends cannot be kept longer, and what they keep cannot go earlier.
 */
export const refusalOf = (deleteAfter: number, bounds: RetentionBounds): string | undefined => {
  const least = leastDeleteAfter(bounds);
  const most = mostDeleteAfter(bounds);
  const allowed = `allowed is ${durationText(least)} to ${durationText(most)}`;
  const shown = durationText(deleteAfter);
  if (deleteAfter <= 0) return `must be a time after creation; ${shown} is none, ${allowed}`;
  if (deleteAfter > longestDurationMs) return `must be a hundred years at most; ${shown} is longer, ${allowed}`;
  if (deleteAfter < least) return `must not end before the floor; ${shown} does, ${allowed}`;
  if (deleteAfter > most) return `must not be longer than the class or the law allows; ${shown} is, ${allowed}`;
  return undefined;
};
