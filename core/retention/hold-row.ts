import { type HoldScope, holdKey, holdsPartition, type TableKey } from '../catalog/keys.ts';
import { isoTime } from '../time.ts';
import { holdGraceMs } from './decide.ts';

/**
 * `in-force`: it holds. `released`: somebody released it and the grace runs; S3 still holds the bytes. `ended`: S3 has let
 * go, unless another hold covers the same.
 */
export type HoldState = 'in-force' | 'released' | 'ended';

/** What the list of holds shows. */
export interface HoldSummary {
  readonly holdId: string;
  readonly scope: HoldScope;
  readonly scopeId: string;
  readonly state: HoldState;
  readonly reason: string;
  readonly placedAt: string;
  readonly placedBy: string;
  readonly releasedAt?: string;
  readonly releasedBy?: string;
  readonly releaseReason?: string;
  readonly endedAt?: string;
}

/** A legal hold; kept for ever, since it says why something was there. */
export interface HoldRow extends TableKey {
  readonly kind: 'hold';
  readonly tenant: string;
  readonly summary: HoldSummary;
  readonly revision: number;
  /** `{t}#holds` / time and id, until it has ended. */
  readonly g1pk?: string;
  readonly g1sk?: string;
}

const separator = '~';

/** The public id of a hold: it says where its row stands, `case~C-17~01JZ…`. */
export const holdIdOf = (scope: HoldScope, scopeId: string, ulid: string): string =>
  [scope, scopeId, ulid].join(separator);

/** Takes the id of a hold apart; undefined for anything that is none. */
export const parseHoldId = (holdId: string): { readonly scope: HoldScope; readonly scopeId: string } | undefined => {
  const match = /^(asset|case|subject)~([A-Za-z0-9][A-Za-z0-9._:@-]{0,127})~[0-9A-HJKMNP-TV-Z]{26}$/.exec(holdId);
  const [, scope, scopeId] = match ?? [];
  if (scopeId === undefined || (scope !== 'asset' && scope !== 'case' && scope !== 'subject')) return undefined;
  return { scope, scopeId };
};

/** The key of a hold's row by its public id. */
export const holdRowKey = (
  tenant: string,
  { holdId, scope, scopeId }: Pick<HoldSummary, 'holdId' | 'scope' | 'scopeId'>,
) => holdKey(tenant, scope, scopeId, holdId);

/** The row of a hold as it stands. */
export const holdRow = (tenant: string, summary: HoldSummary, revision: number): HoldRow => ({
  ...holdRowKey(tenant, summary),
  kind: 'hold',
  tenant,
  summary,
  revision,
  ...(summary.state === 'ended' ? {} : { g1pk: holdsPartition(tenant), g1sk: `${summary.placedAt}#${summary.holdId}` }),
});

/** The row after somebody released the hold. */
export const releasedHold = (
  { tenant, summary, revision }: HoldRow,
  by: { readonly releasedAt: string; readonly releasedBy: string; readonly releaseReason: string },
): HoldRow => holdRow(tenant, { ...summary, ...by, state: 'released' }, revision + 1);

/** The row after S3 let go. */
export const endedHold = ({ tenant, summary, revision }: HoldRow, endedAt: string): HoldRow =>
  holdRow(tenant, { ...summary, state: 'ended', endedAt }, revision + 1);

/** Whether a hold covers an asset: by itself, its case or its data subject. */
export const coversAsset = (
  { scope, scopeId }: Pick<HoldSummary, 'scope' | 'scopeId'>,
  { assetId, case: ofCase, subject }: { readonly assetId: string; readonly case?: string; readonly subject?: string },
): boolean => scopeId === { asset: assetId, case: ofCase, subject }[scope];

/** When the grace of a released hold ends, as ISO time; undefined while it is in force. */
export const graceEndOf = ({ releasedAt }: HoldSummary): string | undefined =>
  releasedAt === undefined ? undefined : isoTime(Date.parse(releasedAt) + holdGraceMs);
