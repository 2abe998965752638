import type { HashRow } from '../catalog/asset-row.ts';

/**
 * A claim that nobody followed up: no function lives longer than 15 minutes, so its claimer has failed. Another upload of
 * the same content may take it over; the first one, when it is tried again, finds itself a duplicate.
 */
export const claimStaleAfterMs = 20 * 60_000;

/** What to do about a content that another asset has claimed. */
export type ClaimDecision = 'duplicate' | 'take-over' | 'wait';

/**
 * The claimer's object decides: where it holds the content, this upload is a duplicate; where it is not there although the
 * catalog had seen it, it was deleted; where it is not there yet, its promotion is awaited for a while.
 */
export const decideClaim = (claim: HashRow, holdsContent: boolean, now: number): ClaimDecision => {
  if (holdsContent) return 'duplicate';
  if (claim.state === 'stored') return 'take-over';
  const claimedAt = Date.parse(claim.claimedAt);
  return Number.isFinite(claimedAt) && now - claimedAt < claimStaleAfterMs ? 'wait' : 'take-over';
};
