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

/** Where an asset's bytes lie, as S3 says; decides whether the rules of S3 ever move them. */
export interface StoredAt {
  readonly bytes: number;
  /** S3's name of the storage class. */
  readonly storageClass: string;
  /** They lie in a pack, which is moved as a whole. */
  readonly isPacked: boolean;
  /** Small objects of its class are joined into packs. */
  readonly classPacks: boolean;
}

/** Everything that decides how long one asset is kept. Times are milliseconds since the epoch, spans milliseconds. */
export interface RetentionInputs {
  readonly createdAt: number;
  /** When the person was last heard of; the time of creation where nobody knows. */
  readonly lastInteractionAt?: number | undefined;
  /** What the class says. */
  readonly classRule: RetentionRule;
  /** Absent where nobody asks what becomes of the bytes until their end. */
  readonly storedAt?: StoredAt | undefined;
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
