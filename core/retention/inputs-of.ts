import type { AssetDetail, AssetSummary } from '../catalog/asset-row.ts';
import type { RetentionRule } from '../data-class.ts';
import type { HoldRow } from './hold-row.ts';
import type { CaseStatus, HoldTimes, RetentionInputs, Statute } from './inputs.ts';
import { type RetentionRuleRow, rulesFor } from './rule-row.ts';

/** What stands beside an asset and decides with it. */
export interface RetentionFacts {
  /** Undefined where the configuration does not know the class any more: then only holds and people decide. */
  readonly classRule: RetentionRule | undefined;
  /** Small objects of the class are joined into packs. */
  readonly classPacks: boolean;
  readonly statute: Statute | undefined;
  /** Every rule of the tenant. */
  readonly rules: readonly RetentionRuleRow[];
  /** Every hold of the asset, its case and its subject, released ones included. */
  readonly holds: readonly Pick<HoldRow, 'summary'>[];
  readonly caseStatus: CaseStatus | undefined;
}

/** The inputs of a decision over one catalogued asset. */
export const inputsOf = (
  summary: Pick<AssetSummary, 'bytes' | 'createdAt' | 'dataClass' | 'packId' | 'storageClass' | 'uploader'>,
  detail: Pick<AssetDetail, 'retainUntil' | 'legalHold'>,
  { classRule, classPacks, statute, rules, holds, caseStatus }: RetentionFacts,
): RetentionInputs => ({
  createdAt: Date.parse(summary.createdAt),
  classRule: classRule ?? {},
  storedAt: {
    bytes: summary.bytes,
    storageClass: summary.storageClass ?? 'STANDARD',
    isPacked: summary.packId !== undefined,
    classPacks,
  },
  ...rulesFor(rules, summary),
  statute,
  caseStatus,
  lockedUntil: detail.retainUntil === undefined ? undefined : Date.parse(detail.retainUntil),
  holds: [...holds.map(timesOf), ...foreignHold(detail, holds)],
});

const timesOf = ({ summary: { releasedAt } }: Pick<HoldRow, 'summary'>): HoldTimes => ({
  releasedAt: releasedAt === undefined ? undefined : Date.parse(releasedAt),
});

/** A legal hold that S3 knows and no row explains was laid by somebody past Mediakeep; it counts as long as it is there. */
const foreignHold = (
  { legalHold }: Pick<AssetDetail, 'legalHold'>,
  holds: readonly Pick<HoldRow, 'summary'>[],
): HoldTimes[] => (legalHold === true && holds.every(({ summary }) => summary.state === 'ended') ? [{}] : []);
