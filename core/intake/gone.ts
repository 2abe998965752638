import { hours } from '../time.ts';

/** By then the catalog has written the row of whatever an earlier delivery promoted. */
const cataloguedWithinMs = hours(1);

/**
 * True for a landing so recent that its version may have been promoted and cleared by another delivery although the catalog
 * has no row of it yet. What is gone later than that, and decided nowhere, was decided by nobody: landing let it expire.
 */
export const mayBeOnItsWay = (landedAt: number | undefined, now: number): boolean =>
  landedAt !== undefined && Math.abs(now - landedAt) <= cataloguedWithinMs;
