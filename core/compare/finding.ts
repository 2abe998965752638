import type { TableKey } from '../catalog/keys.ts';
import type { ContentCrc } from '../content-crc.ts';

/**
 * How a store can disagree with itself.
 *
 * | kind | what is wrong |
 * |---|---|
 * | `orphan` | an object, or a facts object, of which the catalog has no row |
 * | `phantom` | a row of an object that the vault does not have |
 * | `mismatch` | both are there and say different things; `fields` names which |
 * | `unreplicated` | a version that should be in the second region and is not |
 * | `left-over` | a copy in the second region of a key that the vault no longer has |
 * | `stale-index` | the lists, the link of the content or the due row say something else than the row |
 * | `stale-statistics` | a counter differs from what was counted |
 * | `stuck-upload` | an upload that landed and about which nobody decided |
 * | `foreign-key` | an object under a key that no class's layout makes |
 * | `corrupt` | the bytes of a version are not those that its checksum was made of |
 */
export const findingKinds = [
  'orphan',
  'phantom',
  'mismatch',
  'unreplicated',
  'left-over',
  'stale-index',
  'stale-statistics',
  'stuck-upload',
  'foreign-key',
  'corrupt',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/**
 * What would put it right. `observe`: look at the asset, so that its rows become what the vault says. `remove-link`: take
 * away a link that names an asset without that content, then look. `replicate`: copy the version to the second region.
 * `resend`: tell intake of the upload again. `recount`: write the counter anew. `heal`: put back the bytes of the copy.
 * `decide`: nothing that a program should do by itself.
 */
export type RepairAction = 'observe' | 'remove-link' | 'replicate' | 'resend' | 'recount' | 'heal' | 'decide';

/** One disagreement, told so that it can be repaired and read; it holds ids and keys, nothing of a content. */
export interface Finding {
  readonly kind: FindingKind;
  /** The key in the vault or in landing, or the name of the counter. */
  readonly key: string;
  readonly tenant?: string;
  readonly assetId?: string;
  readonly dataClass?: string;
  /** Where both sides are there: what differs. */
  readonly fields?: readonly string[];
  /** The versions that it is about, where it is about some of them. */
  readonly versionIds?: readonly string[];
  /** What the bytes should make, base64. */
  readonly digest?: { readonly algorithm: 'SHA256' | ContentCrc['algorithm']; readonly value: string };
  /** The counter, and what has to be added to make it right. */
  readonly count?: { readonly key: TableKey; readonly add: Readonly<Record<string, number>> };
  /** When the upload landed, ISO time. */
  readonly landedAt?: string;
  /** `safe`: repairing it loses nothing, whatever the cause. `ask`: somebody has to know why before anything is done. */
  readonly repair: 'safe' | 'ask';
  readonly action: RepairAction;
  /** What was found, in one sentence. */
  readonly found: string;
}

/** The order of a report: by key, then by kind; the same store gives the same report. */
export const inReportOrder = (findings: readonly Finding[]): readonly Finding[] =>
  [...findings].sort((a, b) => compareText(a.key, b.key) || compareText(a.kind, b.kind));

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
