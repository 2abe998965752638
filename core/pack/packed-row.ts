import type { TableKey } from '../catalog/keys.ts';
import type { ContentCrc } from '../content-crc.ts';

/** One asset inside a pack: where its bytes stand, and all that its own object said before it went. */
export interface PackedMember {
  readonly assetId: string;
  /** Key in the vault that the asset had, and still has in the catalog. */
  readonly key: string;
  /** The S3 version that was packed. */
  readonly versionId: string;
  /** ISO time of that version, whole seconds. */
  readonly at: string;
  /** Length of the content. */
  readonly bytes: number;
  readonly etag: string;
  readonly contentType?: string;
  /** The value of `x-amz-meta-facts`. */
  readonly facts?: string;
  /** SHA-256 of the content that S3 kept, base64. */
  readonly sha256?: string;
  readonly checksum?: ContentCrc;
  /** SHA-256 of the content as it was read for packing, base64; what a read is held against. */
  readonly digest: string;
  /** First byte in the pack object. */
  readonly offset: number;
  /** Length in the pack object. */
  readonly storedBytes: number;
  readonly encoding: 'zstd' | 'identity';
}

/** Which object of the vault a pack is. */
export interface PackPlace {
  readonly packId: string;
  readonly key: string;
  readonly versionId: string;
  /** The class that the pack goes to and stays in. */
  readonly storageClass: string;
}

/**
 * Which pack holds an asset. Whoever finds the asset's key empty finds this with one read; in the index it lists a pack's
 * members. Put before the asset's own version is deleted, and never by the catalog
 * function, whose observation only reads it.
 */
export interface PackedRow extends TableKey {
  readonly kind: 'packed';
  readonly tenant: string;
  readonly dataClass: string;
  readonly member: PackedMember;
  readonly pack: PackPlace;
  /**
   * ISO time since which the asset is deleted softly. A delete marker on the key says the same, but S3 removes one under which
   * no version lies.
   */
  readonly deletedAt?: string;
  /** ISO time since which the asset is erased: nobody finds it any more, its bytes go when the pack is rewritten. */
  readonly erasedAt?: string;
  /** `{t}#packed-deleted` / time and asset, where it is deleted. */
  readonly g2pk?: string;
  readonly g2sk?: string;
  /** `{t}#packed#{pack}` / asset. */
  readonly g1pk: string;
  readonly g1sk: string;
  readonly summary: { readonly assetId: string; readonly bytes: number };
}

/**
 * How far a pack is. `writing`: it is going to be put, or is there and not yet trusted. `live`: read back and found whole,
 * its members' rows stand; what it replaces is being deleted. `settled`: it alone holds its members. `dirty`: as settled,
 * with erased members in it that a rewritten pack will lack.
 */
export type PackState = 'writing' | 'live' | 'settled' | 'dirty';

/** A pack object. Its own index, which is part of the object, is the truth of where its members stand. */
export interface PackRow extends TableKey {
  readonly kind: 'pack';
  readonly tenant: string;
  readonly packId: string;
  readonly dataClass: string;
  readonly key: string;
  readonly state: PackState;
  /** The class that it goes to once it is settled. */
  readonly storageClass: string;
  /** Set when it has been read back. */
  readonly versionId?: string;
  readonly bytes?: number;
  readonly members?: number;
  /** What its members' content takes without the pack. */
  readonly contentBytes?: number;
  /** The pack whose living members it took over; deleted before this one settles. */
  readonly replaces?: { readonly packId: string; readonly key: string; readonly versionId: string };
  readonly createdAt: string;
  readonly revision: number;
  /** `{t}#packs#{state}` / pack. */
  readonly g1pk: string;
  readonly g1sk: string;
  readonly summary: { readonly packId: string; readonly dataClass: string; readonly members?: number };
}
