import { leastArchivedBytes } from '../archive/archive-class.ts';
import { days } from '../time.ts';
import type { RetentionInputs } from './inputs.ts';

/** What a decision can rest on; `explain` has a sentence for each. */
export const retentionRuleIds = [
  'hold',
  'hold-grace',
  'floor-lock',
  'floor-class',
  'floor-statute',
  'erasure',
  'restriction',
  'case-open',
  'ceiling-class',
  'ceiling-tenant',
  'ceiling-user',
  'ceiling-consent',
  'ceiling-statute',
  'cold-class',
  'cold-too-small',
  'no-end',
] as const;
export type RetentionRuleId = (typeof retentionRuleIds)[number];

/**
 * `held`: a hold is in force, or was released less than {@link holdGraceMs} ago. `restricted`: nobody may work with it, it
 * waits for its end or stays so. `due`: its time is over. `cold`: it may lie in the cold class. `kept`: none of these.
 */
export type RetentionState = 'kept' | 'cold' | 'held' | 'restricted' | 'due';

/** What becomes of an asset, when, and by which rules. Times are milliseconds since the epoch. */
export interface Decision {
  readonly state: RetentionState;
  /** When it is to be deleted; absent where nothing ends it, or where a hold is in force. */
  readonly deleteAt?: number;
  /** When it may go to its cold class; absent where it never does, also because it is too small to be moved alone. */
  readonly coldAt?: number;
  /** Before that nobody may delete it, whatever they want; absent where a hold is in force, which has no end yet. */
  readonly keepUntil?: number;
  /** The rules that decided, the strongest first; never empty. */
  readonly because: readonly RetentionRuleId[];
}

/** How long an asset is still kept after its last hold was released, whatever is overdue. */
export const holdGraceMs = days(7);

/**
 * Decides over one asset: a hold is stronger than a floor, a floor than an erasure, an erasure than any ceiling. The times
 * of a decision do not depend on the present, only its state does; so it is the same whenever it is asked for, and with
 * time it only moves forward.
 */
export const decide = (inputs: RetentionInputs, now: number): Decision => {
  const because: RetentionRuleId[] = [];
  const held = heldUntil(inputs);
  const floor = floorOf(inputs);
  const end = endOf(inputs);
  const wanted = Math.min(end.at, inputs.erasureRequestedAt ?? Number.POSITIVE_INFINITY);
  const deleteAt = Math.max(wanted, floor.at, held);
  const { cold, coldAfter } = inputs.classRule;
  const coldAt =
    cold === undefined || coldAfter === undefined ? Number.POSITIVE_INFINITY : inputs.createdAt + coldAfter;
  const isColdBeforeItGoes = coldAt < deleteAt || (held === Number.POSITIVE_INFINITY && coldAt < wanted);
  const moves = isColdBeforeItGoes && canMove(inputs);

  if (held === Number.POSITIVE_INFINITY) because.push('hold');
  else if (now < held) because.push('hold-grace');
  if (floor.rule !== undefined && (floor.at > wanted || now < floor.at)) because.push(floor.rule);
  if (inputs.erasureRequestedAt !== undefined) because.push('erasure');
  if (inputs.restricted === true) because.push('restriction');
  if (end.pausedByCase) because.push('case-open');
  if (end.rule !== undefined) because.push(end.rule);
  if (isColdBeforeItGoes) because.push(moves ? 'cold-class' : 'cold-too-small');
  if (because.length === 0) because.push('no-end');

  return {
    state: stateOf(inputs, now, { held, deleteAt, coldAt: moves ? coldAt : Number.POSITIVE_INFINITY }),
    ...(Number.isFinite(deleteAt) ? { deleteAt } : undefined),
    ...(moves ? { coldAt } : undefined),
    ...(held === Number.POSITIVE_INFINITY ? undefined : keepUntil(Math.max(floor.at, held))),
    because,
  };
};

/** S3 moves nothing alone that is as small as this: the rules of lifecycle say so. */
const canMove = ({ storedAt }: RetentionInputs): boolean =>
  storedAt === undefined || storedAt.isPacked || storedAt.bytes > leastArchivedBytes;

const keepUntil = (at: number): { keepUntil?: number } => (at > 0 ? { keepUntil: at } : {});

const stateOf = (
  { erasureRequestedAt, restricted }: RetentionInputs,
  now: number,
  { held, deleteAt, coldAt }: { readonly held: number; readonly deleteAt: number; readonly coldAt: number },
): RetentionState => {
  if (now < held) return 'held';
  if (now >= deleteAt) return 'due';
  if (restricted === true || (erasureRequestedAt !== undefined && now >= erasureRequestedAt)) return 'restricted';
  return now >= coldAt ? 'cold' : 'kept';
};

/** When the last hold and its grace end: never, while one is in force; long ago, where there was none. */
const heldUntil = ({ holds }: RetentionInputs): number => {
  let until = Number.NEGATIVE_INFINITY;
  for (const { releasedAt } of holds) {
    until = Math.max(until, releasedAt === undefined ? Number.POSITIVE_INFINITY : releasedAt + holdGraceMs);
  }
  return until;
};

interface Floor {
  readonly at: number;
  readonly rule: RetentionRuleId | undefined;
}

const floorOf = ({ createdAt, classRule, statute, lockedUntil }: RetentionInputs): Floor => {
  let at = Number.NEGATIVE_INFINITY;
  let rule: RetentionRuleId | undefined;
  const take = (candidate: number, id: RetentionRuleId): void => {
    if (candidate <= at) return;
    at = candidate;
    rule = id;
  };
  if (statute?.floor !== undefined) take(createdAt + statute.floor, 'floor-statute');
  if (classRule.floor !== undefined) take(createdAt + classRule.floor, 'floor-class');
  if (lockedUntil !== undefined) take(lockedUntil, 'floor-lock');
  return { at, rule };
};

interface End {
  readonly at: number;
  readonly rule: RetentionRuleId | undefined;
  readonly pausedByCase: boolean;
}

/** The earliest ceiling. As long as a case is open, only law and consent end what belongs to it. */
const endOf = (inputs: RetentionInputs): End => {
  const { createdAt, lastInteractionAt, classRule, tenantDeleteAfter, userDeleteAfter, consentExpiresAt } = inputs;
  let at = Number.POSITIVE_INFINITY;
  let rule: RetentionRuleId | undefined;
  const take = (candidate: number | undefined, id: RetentionRuleId): void => {
    if (candidate === undefined || candidate >= at) return;
    at = candidate;
    rule = id;
  };
  const after = (span: number | undefined): number | undefined => (span === undefined ? undefined : createdAt + span);
  const isOpen = inputs.caseStatus === 'active' || inputs.caseStatus === 'pending';
  const { ceiling } = inputs.statute ?? {};
  if (ceiling !== undefined) take(Math.max(createdAt, lastInteractionAt ?? createdAt) + ceiling, 'ceiling-statute');
  take(consentExpiresAt, 'ceiling-consent');
  if (!isOpen) {
    take(after(classRule.deleteAfter), 'ceiling-class');
    take(after(tenantDeleteAfter), 'ceiling-tenant');
    take(after(userDeleteAfter), 'ceiling-user');
  }
  const pauses = classRule.deleteAfter ?? tenantDeleteAfter ?? userDeleteAfter;
  return { at, rule, pausedByCase: isOpen && pauses !== undefined };
};
