import type { AssetRow, RestoreState, VersionEntry } from '../catalog/asset-row.ts';
import type { CompanionKey, CompanionRow, PageSizes } from '../catalog/companions.ts';
import type { TableKey } from '../catalog/keys.ts';
import type { ContentCrc } from '../content-crc.ts';
import type { VaultKey } from '../key-layout.ts';
import type { PackedRow } from '../pack/packed-row.ts';
import type { Clock } from '../time.ts';

/** What a HEAD of one version tells; all but lock and restore never changes for a version. */
export interface VersionHead {
  readonly versionId: string;
  /** ISO time in whole seconds: a HEAD knows no more, so a list must not say more. */
  readonly at: string;
  readonly bytes: number;
  readonly etag: string;
  readonly storageClass: string;
  readonly contentType?: string;
  /** The value of `x-amz-meta-facts`. */
  readonly facts?: string;
  /** SHA-256 of the whole content, base64, where S3 keeps one. */
  readonly sha256?: string;
  /** The CRC of the whole content, where S3 keeps one. */
  readonly checksum?: ContentCrc;
  readonly restore?: RestoreState;
  /** The class that the object's tag sends it to. */
  readonly archiveTag?: string;
  /** The archive tier of an object in INTELLIGENT_TIERING that has to be restored. */
  readonly archiveStatus?: string;
  readonly legalHold?: true;
  readonly retainUntil?: string;
  /** The state of its copy in the second region; absent where no rule copies it. */
  readonly replication?: 'pending' | 'completed' | 'failed';
}

/** The newest version of a facts object. */
export interface StoredText {
  readonly body: string;
  readonly etag: string;
}

/** The vault as `observe` sees it. Each call is strongly consistent and sees all changes that were answered before it. */
export interface VaultView {
  /** Undefined where there is no such version, or where it is a delete marker. */
  headVersion(key: string, versionId: string): Promise<VersionHead | undefined>;
  /** Every version and delete marker of exactly this key, newest first. */
  listVersions(key: string): Promise<readonly VersionEntry[]>;
  /** Undefined where the newest version is a delete marker or where there is none. */
  readText(key: string): Promise<StoredText | undefined>;
}

/** One transaction: an asset row with the rows that belong to it. */
export interface CatalogWrite {
  readonly row: AssetRow;
  /** The revision that the row must have; undefined: there must be no row. */
  readonly expected: number | undefined;
  /** Hash rows are put and removed only where they are free or name this asset. */
  readonly put: readonly CompanionRow[];
  readonly remove: readonly CompanionKey[];
}

/**
 * How a write ended. `moved`: the asset row is not what was expected, and this is what it is where the table said it.
 * `link-taken`: the asset row is as expected, these hash rows name other assets. Nothing is written in either case.
 */
export type WriteResult =
  | { readonly kind: 'written' }
  | { readonly kind: 'moved'; readonly row?: AssetRow }
  | { readonly kind: 'link-taken'; readonly links: readonly TableKey[] };

/** The asset rows as `observe` sees them. */
export interface CatalogView {
  /** Strongly consistent. */
  readAsset(tenant: string, assetId: string): Promise<AssetRow | undefined>;
  /** Which pack holds the asset; strongly consistent. */
  readPacked(tenant: string, assetId: string): Promise<PackedRow | undefined>;
  writeAsset(write: CatalogWrite): Promise<WriteResult>;
}

/** How much fits where. */
export interface CatalogLimits extends PageSizes {
  /** Rows that one transaction writes or removes besides the asset row. */
  readonly companions: number;
}

/** What `observe` works with. */
export interface ObserveDeps {
  readonly vault: VaultView;
  readonly catalog: CatalogView;
  readonly clock: Clock;
  /** Takes a vault key apart by the layouts of the deployment's classes. */
  readonly locate: (key: string) => VaultKey | undefined;
  /** @default {@link catalogLimits} */
  readonly limits?: CatalogLimits;
}
