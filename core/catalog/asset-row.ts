import type { MediaFacts } from '../facts.ts';
import type { TableKey } from './keys.ts';

/**
 * The state of an asset as the vault's version list shows it: `stored` (its newest version is content), `deleted` (its
 * newest version is a delete marker; undelete brings it back), `gone` (no version is left: the tombstone, which keeps a
 * late event from bringing the row back).
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

/** What a list shows of an asset; the indexes carry exactly this. */
export interface AssetSummary {
  readonly assetId: string;
  readonly dataClass: string;
  readonly state: AssetState;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
  /** SHA-256 of the content, base64, computed by S3 or by us; absent where only a CRC64NVME of the whole is known. */
  readonly sha256?: string;
  readonly createdAt: string;
  readonly uploader: string;
  readonly subject?: string;
  readonly case?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly durationMs?: number;
  readonly width?: number;
  readonly height?: number;
}

/** The rest of what is known of an asset. */
export interface AssetDetail {
  /** Key in the vault. */
  readonly key: string;
  /** The newest version that is content; what a download reads. */
  readonly currentVersionId?: string;
  readonly storageClass: string;
  readonly media?: MediaFacts;
  readonly consent?: string;
  readonly device?: string;
  /** CRC64NVME of the whole, base64, where S3 told it. */
  readonly crc64nvme?: string;
  /** ISO time at which the upload landed; absent where the object does not say. */
  readonly landedAt?: string;
  /** ISO time of the catalog's first write. */
  readonly cataloguedAt: string;
  /** ETag of the facts object that was applied last. */
  readonly factsEtag?: string;
}

/** The asset row of the catalog, written by the catalog function alone. */
export interface AssetRow extends TableKey {
  readonly kind: 'asset';
  readonly tenant: string;
  /** Counts the writes of this row; every write but the first is conditional on the revision it read. */
  readonly revision: number;
  readonly summary: AssetSummary;
  readonly detail: AssetDetail;
  /** The newest versions, newest first, at most {@link versionsInRow}. */
  readonly versions: readonly VersionEntry[];
  /** How many versions and markers there are, older pages included. */
  readonly versionCount: number;
  readonly g1pk?: string;
  readonly g1sk?: string;
  readonly g2pk?: string;
  readonly g2sk?: string;
  readonly g3pk?: string;
  readonly g3sk?: string;
  readonly g4pk?: string;
  readonly g4sk?: string;
  /** Tombstones only: seconds since the epoch, past every queue's and replay's window. */
  readonly expiresAt?: number;
}

/** Versions kept in the asset row itself; older ones stand in pages of {@link versionsInPage}. */
export const versionsInRow = 100;
export const versionsInPage = 200;

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
 * catalog has seen the object (`stored`, with the summary). Removed when the asset is gone.
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
