import type { RetentionRule } from '../data-class.ts';

/** Where a case stands; its content is needed as long as it is not closed. */
export type CaseStatus = 'active' | 'pending' | 'closed';

/** What the law of a jurisdiction says of a class, in milliseconds. */
export interface Statute {
  /** After creation; before that nobody may delete it. */
  readonly floor?: number;
  /** After the last interaction with the person; then it may not be kept any longer. */
  readonly ceiling?: number;
}

/** A legal hold as far as a decision needs it; times are milliseconds since the epoch. */
export interface HoldTimes {
  /** Absent as long as it is in force. */
  readonly releasedAt?: number | undefined;
}

/** Everything that decides how long one asset is kept. Times are milliseconds since the epoch, spans milliseconds. */
export interface RetentionInputs {
  readonly createdAt: number;
  /** When the person was last heard of; the time of creation where nobody knows. */
  readonly lastInteractionAt?: number | undefined;
  /** What the class says. */
  readonly classRule: RetentionRule;
  /** After creation, as the tenant says. */
  readonly tenantDeleteAfter?: number | undefined;
  /** After creation, as the uploader wishes. */
  readonly userDeleteAfter?: number | undefined;
  /** When the consent ends on which it was recorded. */
  readonly consentExpiresAt?: number | undefined;
  readonly caseStatus?: CaseStatus | undefined;
  readonly statute?: Statute | undefined;
  /** Until when S3 itself keeps its versions. */
  readonly lockedUntil?: number | undefined;
  /** When its erasure was asked for. */
  readonly erasureRequestedAt?: number | undefined;
  /** Nobody may work with it, though it stays. */
  readonly restricted?: boolean | undefined;
  /** Every hold that covers it, by itself, its case or its data subject. */
  readonly holds: readonly HoldTimes[];
}
