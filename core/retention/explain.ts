import { leastArchivedBytes } from '../archive/archive-class.ts';
import { KiB } from '../bytes.ts';
import { isoTime } from '../time.ts';
import type { Decision, RetentionRuleId } from './decide.ts';
import { holdGraceMs } from './decide.ts';
import { durationText } from './duration.ts';
import type { RetentionInputs, StoredAt } from './inputs.ts';

/** One rule that decided, with what it says of this asset. */
export interface Reason {
  readonly rule: RetentionRuleId;
  readonly says: string;
}

/** The decision in words: what becomes of the asset, then each rule that decided. Names nobody. */
export const explain = (decision: Decision, inputs: RetentionInputs): { text: string; reasons: Reason[] } => {
  const reasons = decision.because.map((rule) => ({ rule, says: sentences[rule](inputs) }));
  return {
    text: [verdict(decision), ...placeOf(inputs.storedAt), ...reasons.map(({ says }) => says)].join(' '),
    reasons,
  };
};

const verdict = ({ state, deleteAt, coldAt, keepUntil }: Decision): string => {
  const end = deleteAt === undefined ? 'Nothing deletes it.' : `It is to be deleted at ${isoTime(deleteAt)}.`;
  if (state === 'held') {
    return keepUntil === undefined
      ? 'It is held: nobody can delete it.'
      : `It is held until ${isoTime(keepUntil)}, then: ${end}`;
  }
  if (state === 'due') return `Its time is over since ${isoTime(deleteAt ?? 0)}: the next sweep deletes it.`;
  if (state === 'restricted') return `Nobody may work with it. ${end}`;
  const cold =
    coldAt === undefined ? '' : ` It ${state === 'cold' ? 'may be' : 'goes'} cold from ${isoTime(coldAt)} on.`;
  return `It is kept. ${end}${cold}`;
};

/** Rules say where something should lie, S3 where it does: it moves within a day or two, and sooner if somebody archives it. */
const placeOf = (storedAt: StoredAt | undefined): string[] =>
  storedAt === undefined ? [] : [`It lies in \`${storedAt.storageClass}\`${storedAt.isPacked ? ', in a pack' : ''}.`];

const tooSmall = ({ classRule, storedAt }: RetentionInputs): string => {
  const until = storedAt?.classPacks === true ? 'packed with others of its class' : 'deleted';
  return `Its class goes to \`${classRule.cold}\` ${after(classRule.coldAfter)} after creation, but S3 moves nothing alone of ${leastArchivedBytes / KiB(1)} KiB or less: it stays where it is until it is ${until}.`;
};

const after = (span: number | undefined): string => (span === undefined ? 'no time' : durationText(span));

const sentences: Readonly<Record<RetentionRuleId, (inputs: RetentionInputs) => string>> = {
  hold: ({ holds }) => {
    const inForce = holds.filter(({ releasedAt }) => releasedAt === undefined).length;
    return inForce === 1 ? 'A legal hold is in force.' : `${inForce} legal holds are in force.`;
  },
  'hold-grace': ({ holds }) => {
    const released = Math.max(...holds.map(({ releasedAt }) => releasedAt ?? 0));
    return `Its last hold was released at ${isoTime(released)}; ${durationText(holdGraceMs)} of grace follow.`;
  },
  'floor-lock': ({ lockedUntil = 0 }) => `S3 keeps it under lock until ${isoTime(lockedUntil)}.`,
  'floor-class': ({ classRule, createdAt }) =>
    `Its class keeps it for ${after(classRule.floor)} at least, until ${isoTime(createdAt + (classRule.floor ?? 0))}.`,
  'floor-statute': ({ statute, createdAt }) =>
    `The law keeps it for ${after(statute?.floor)} at least, until ${isoTime(createdAt + (statute?.floor ?? 0))}.`,
  erasure: ({ erasureRequestedAt = 0 }) => `Its erasure was asked for at ${isoTime(erasureRequestedAt)}.`,
  restriction: () => 'Work with it is restricted.',
  'case-open': ({ caseStatus }) =>
    `Its case is ${caseStatus}: rules of class, tenant and user wait until it is closed.`,
  'ceiling-class': ({ classRule }) => `Its class ends ${after(classRule.deleteAfter)} after creation.`,
  'ceiling-tenant': ({ tenantDeleteAfter }) => `The tenant keeps it for ${after(tenantDeleteAfter)}.`,
  'ceiling-user': ({ userDeleteAfter }) => `Who uploaded it wants it kept for ${after(userDeleteAfter)}.`,
  'ceiling-consent': ({ consentExpiresAt = 0 }) => `The consent to it ends at ${isoTime(consentExpiresAt)}.`,
  'ceiling-statute': ({ statute }) => `The law ends it ${after(statute?.ceiling)} after the last interaction.`,
  'cold-class': ({ classRule }) =>
    `Its class moves it to \`${classRule.cold}\` ${after(classRule.coldAfter)} after creation.`,
  'cold-too-small': tooSmall,
  'no-end': () => 'No rule ends it.',
};
