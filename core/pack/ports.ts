import type { MemberSource } from './format.ts';
import type { PackedRow, PackRow, PackState } from './packed-row.ts';

/** The object of an asset as it is read for packing. */
export interface ReadObject {
  readonly source: Omit<MemberSource, 'assetId'>;
  /** Nobody may delete the version: a legal hold or a retention period lies on it. */
  readonly locked: boolean;
}

/** A pack object as it is read back. `archived`: it lies in an archive class without a restored copy. */
export type ReadPack = { readonly versionId: string; readonly body: Uint8Array; readonly locked: boolean } | 'archived';

/** The vault as packing sees it. */
export interface PackVault {
  /** Undefined where there is no such version. */
  readObject(key: string, versionId: string): Promise<ReadObject | undefined>;
  /** Whether the version is what lies on top of its key: neither gone nor deleted. Strongly consistent. */
  isCurrent(key: string, versionId: string): Promise<boolean>;
  /** Write once: a pack that is there already was put by the same call before its answer got lost. */
  putPack(key: string, body: Uint8Array): Promise<void>;
  /** Undefined where there is no such object. */
  readPack(key: string): Promise<ReadPack | undefined>;
  /** Also where there is none. Throws where a lock forbids it. */
  deleteVersion(key: string, versionId: string): Promise<void>;
  /** Marks a version for the lifecycle rule that moves it to the class. */
  tagForArchive(key: string, versionId: string, storageClass: string): Promise<void>;
  /** Asks for a readable copy of an archived pack; also where one is on its way. */
  restorePack(key: string, versionId: string): Promise<void>;
}

/** The rows of packs and their members; every read of them is strongly consistent but the two lists. */
export interface PackTable {
  readPack(tenant: string, packId: string): Promise<PackRow | undefined>;
  listPacks(tenant: string, state: PackState): Promise<readonly PackRow[]>;
  /** Puts a row where there is none. */
  addPack(row: PackRow): Promise<void>;
  /** Replaces the row of this revision; false where it has moved. */
  changePack(row: PackRow, expected: number): Promise<boolean>;
  removePack(row: Pick<PackRow, 'tenant' | 'packId'>): Promise<void>;
  readMembers(tenant: string, assetIds: readonly string[]): Promise<ReadonlyMap<string, PackedRow>>;
  /** All rows that name the pack. */
  listMembers(tenant: string, packId: string): Promise<readonly PackedRow[]>;
  /**
   * Puts each row where the asset has none, or where its row is not erased and names the same pack or the pack `over`;
   * leaves the others as they are, and with each whether it is deleted.
   */
  adopt(rows: readonly PackedRow[], over: string | undefined): Promise<void>;
  /** Removes the rows of these assets that still name this pack. */
  drop(tenant: string, assetIds: readonly string[], packId: string): Promise<void>;
}
