import type { ContentCrc } from '../content-crc.ts';
import type { MediaFacts } from '../facts.ts';
import type { TableKey } from './keys.ts';

/**
 * The state of an asset as the vault's version list shows it: `stored` (its newest version is content), `deleted` (its
 * newest version is a delete marker above content; undelete brings it back), `gone` (no content is left, at most delete
 * markers: the tombstone, which keeps a late event from bringing the row back).
 */
export type AssetState = 'stored' | 'deleted' | 'gone';

/** One S3 version of an asset's object, or a delete marker. */
export interface VersionEntry {
  readonly versionId: string;
  /** ISO time, S3's LastModified. */
  readonly at: string;
  readonly marker: boolean;
  readonly bytes?: number;
  readonly etag?: string;
  readonly storageClass?: string;
}

/** Where the temporary copy of an archived version stands. */
export interface RestoreState {
  readonly ongoing: boolean;
  /** ISO time at which the copy vanishes; S3 announces that to nobody. */
  readonly until?: string;
}

/** What a list shows of an asset; the indexes carry exactly this. */
export interface AssetSummary {
  readonly assetId: string;
  readonly dataClass: string;
  readonly state: AssetState;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
  /** SHA-256 of the content, base64, computed by S3 or by us; absent where only a CRC of the whole is known. */
  readonly sha256?: string;
  readonly createdAt: string;
  readonly uploader: string;
  readonly subject?: string;
  readonly case?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly durationMs?: number;
  readonly width?: number;
  readonly height?: number;
  /** S3's storage class; absent where it is STANDARD. */
  readonly storageClass?: string;
  /** The pack that holds the content. */
  readonly packId?: string;
}

/** Where in the vault the content of a packed asset stands. */
export interface AssetPack {
  readonly packId: string;
  /** Key and version of the pack object. */
  readonly key: string;
  readonly versionId: string;
  readonly offset: number;
  readonly storedBytes: number;
}

/** What is out of the ordinary about the copy in the second region: given up, past its time, or no longer measured. */
export type CopyException = 'failed' | 'late' | 'untracked';

/** The rest of what is known of an asset. */
export interface AssetDetail {
  /** Key in the vault; empty on a tombstone that only a facts object has told of. */
  readonly key: string;
  /** The newest version that is content; what a download reads. */
  readonly currentVersionId?: string;
  readonly storageClass: string;
  readonly media?: MediaFacts;
  readonly consent?: string;
  readonly device?: string;
  /** The CRC of the whole that S3 keeps, with its algorithm; all that is known of a content past 5 GiB. */
  readonly checksum?: ContentCrc;
  /** A copy restored from an archive class, or on its way. */
  readonly restore?: RestoreState;
  /** The class that the current version is on its way to; absent as soon as S3 has moved it. */
  readonly archiving?: string;
  /** The archive tier of an object in INTELLIGENT_TIERING that has to be restored before it can be read. */
  readonly archiveStatus?: string;
  /** The content stands in a pack; the key itself holds none. */
  readonly pack?: AssetPack;
  /** The copy of the current version in the second region, where it is not as the rule says. */
  readonly replication?: CopyException;
  /** S3's legal hold on the current version. */
  readonly legalHold?: true;
  /** ISO time until which S3 keeps the current version. */
  readonly retainUntil?: string;
  /** ISO time at which the upload landed; absent where the object does not say. */
  readonly landedAt?: string;
  /** ISO time of the catalog's first write. */
  readonly cataloguedAt: string;
  /** ISO time at which its class says that it may not be kept any longer; absent where the class has no such rule. */
  readonly dueAt?: string;
  /** ETag of the facts object that was applied last. */
  readonly factsEtag?: string;
}

/** The asset row of the catalog, written by the catalog function alone. */
export interface AssetRow extends TableKey {
  readonly kind: 'asset';
  readonly tenant: string;
  /**
   * Grows by one with each write, and every write but the first is conditional on the revision it read. Begins at the
   * clock's milliseconds, so that a row made anew after its tombstone's end repeats no revision.
   */
  readonly revision: number;
  readonly summary: AssetSummary;
  readonly detail: AssetDetail;
  /** The newest versions, newest first, at most {@link versionsInRow}. */
  readonly versions: readonly VersionEntry[];
  /** How many versions and markers there are, older pages included. */
  readonly versionCount: number;
  /** How many pages of older versions there may be; absent where there are none. */
  readonly pages?: number;
  /** What the content versions in those pages take, by storage class, so that whoever counts need not read them. */
  readonly older?: Readonly<Record<string, { readonly versions: number; readonly bytes: number }>>;
  /** So many versions that their pages take several transactions, the last of which is still to come or never came. */
  readonly partial?: true;
  readonly g1pk?: string;
  readonly g1sk?: string;
  readonly g2pk?: string;
  readonly g2sk?: string;
  readonly g3pk?: string;
  readonly g3sk?: string;
  readonly g4pk?: string;
  readonly g4sk?: string;
  /** Tombstones of which nothing is left in the vault: seconds since the epoch, past every queue's and replay's window. */
  readonly expiresAt?: number;
}

/** Versions kept in the asset row itself; older ones stand in pages of {@link versionsInPage}. */
export const versionsInRow = 100;
export const versionsInPage = 200;

/** Older versions of an asset. Page 0 holds the oldest, so that a new version changes the last page only. */
export interface VersionsPage extends TableKey {
  readonly kind: 'versions';
  readonly tenant: string;
  /** Newest first. */
  readonly versions: readonly VersionEntry[];
}

/** What retention has to look at on a day. */
export interface DueRow extends TableKey {
  readonly kind: 'due';
  readonly tenant: string;
  readonly assetId: string;
  readonly dataClass: string;
  /** Key in the vault. */
  readonly key: string;
  /** ISO time. */
  readonly dueAt: string;
}

/** Why an upload was refused; the object stays in quarantine until landing's expiry. */
export interface RejectedRow extends TableKey {
  readonly kind: 'rejected';
  readonly tenant: string;
  readonly assetId: string;
  readonly uploader: string;
  /** A code of the rejection table, `type-mismatch`. */
  readonly reason: string;
  /** A sentence for the uploader: what was found, what is allowed, what to do. */
  readonly message: string;
  readonly rejectedAt: string;
  readonly expiresAt: number;
}

/**
 * The client's word on the content of a multipart upload, put by the API before it completes the upload and so before the
 * object lands. Intake compares it with the digest that S3 computes; where the row is missing the client told nothing.
 */
export interface WordRow extends TableKey {
  readonly kind: 'word';
  readonly tenant: string;
  readonly assetId: string;
  /** SHA-256, base64. */
  readonly sha256: string;
  readonly expiresAt: number;
}

/** The asset that an upload resolved to because its content was there already. */
export interface DuplicateRow extends TableKey {
  readonly kind: 'duplicate';
  readonly tenant: string;
  readonly assetId: string;
  readonly uploader: string;
  readonly duplicateOf: string;
  readonly resolvedAt: string;
  readonly expiresAt: number;
}

/**
 * The claim on a content, put by intake before it promotes (`claimed`), and the link from a content to its asset once the
 * catalog has seen the object (`stored`, with the summary). Removed when the asset is deleted or gone, so that the same
 * content can be stored again; put back by an undelete unless another asset holds it by then.
 */
export interface HashRow extends TableKey {
  readonly kind: 'hash';
  readonly tenant: string;
  readonly assetId: string;
  /** The vault key that the claimer promotes to. */
  readonly key: string;
  readonly state: 'claimed' | 'stored';
  readonly claimedAt: string;
  readonly summary?: AssetSummary;
}

/** A principal's rights in a tenant. */
export interface MemberRow extends TableKey {
  readonly kind: 'member';
  readonly tenant: string;
  readonly principal: string;
  readonly roles: readonly string[];
  readonly state: 'invited' | 'active' | 'suspended';
  /**
   * Somebody gave this membership to a principal that was there before. It counts only for requests that name the tenant,
   * and the first of them accepts it, so that no tenant can draw another's members into itself.
   */
  readonly mustAccept?: true;
  /** Digest of the request with an idempotency key that made the row, by which its repetition knows it. */
  readonly request?: string;
  /** Device ids that a machine's membership admits. */
  readonly devices?: readonly string[];
  readonly createdAt: string;
  readonly createdBy: string;
  readonly revision: number;
  /** `{tenant}#members` / principal. */
  readonly g1pk: string;
  readonly g1sk: string;
  readonly summary: { readonly principal: string; readonly roles: readonly string[]; readonly state: string };
}
