import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import type { CompanionRow, PageSizes } from '../catalog/companions.ts';
import type { VaultKey } from '../key-layout.ts';
import type { Observation } from '../observe/row-of.ts';
import { hours } from '../time.ts';

/** A key of the vault with everything that lies under it, as a listing shows it. */
export interface VaultObject {
  readonly key: string;
  /** Every version and delete marker, newest first; at least one. */
  readonly versions: readonly VersionEntry[];
  /** Where the current version and the facts object were read too: everything of the row is judged by them. */
  readonly looked?: Omit<Observation, 'identity' | 'versions'>;
}

/** An asset row, and where they were read, the rows that stand where its companions should. */
export interface CatalogEntry {
  readonly key: string;
  readonly row: AssetRow;
  /** What was found under the keys of `companionsOf` this row; absent: nobody looked, and nothing is said of them. */
  readonly companions?: readonly CompanionRow[];
}

/** What is known under one key of the vault. */
export interface AssetPair {
  readonly key: string;
  readonly object?: VaultObject;
  readonly entry?: CatalogEntry;
  /** What the second region has under the key, newest first; absent: nobody looked. */
  readonly replica?: readonly VersionEntry[];
}

/** What a comparison goes by. */
export interface CompareRules {
  /** When the reading of the older side began, in milliseconds since the epoch. */
  readonly now: number;
  /** What changed within so long before that may still be on its way to the catalog, and is not judged. @default 15 minutes */
  readonly settleMs?: number;
  /** By then a version should be in the second region. @default 24 hours */
  readonly replicateWithinMs?: number;
  readonly locate: (key: string) => VaultKey | undefined;
  readonly sizes: PageSizes;
  /**
   * True where a live pack names the asset: its key may be empty, and only a look tells which versions it has.
   * @default nothing is packed
   */
  readonly isPacked?: (tenant: string, assetId: string) => boolean;
  /** The row of the asset that a link names, where it was read; `unread` where it was not. @default unread */
  readonly linkHolder?: (tenant: string, assetId: string) => AssetRow | undefined | 'unread';
}

export const defaultSettleMs = 15 * 60_000;
export const defaultReplicateWithinMs = hours(24);

/** True where the change at this ISO time may be younger than what is told of it elsewhere. */
export const isUnsettled = (at: string | undefined, { now, settleMs = defaultSettleMs }: CompareRules): boolean =>
  at !== undefined && Date.parse(at) > now - settleMs;
