import type { DuplicateRow, HashRow, RejectedRow } from '../../core/catalog/asset-row.ts';
import type { ContentCrc } from '../../core/content-crc.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { LandedObject } from '../../core/intake/check-landed.ts';
import type { Clock } from '../../core/time.ts';
import type { PinnedVersion } from '../shared/copy-source.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { Log } from '../shared/logger.ts';

/** A version of landing whose SHA-256 S3 computed or verified. */
export interface DigestedVersion extends PinnedVersion {
  readonly sha256: string;
}

/** The version that is worked on is gone from landing: another delivery was done with it, or it has expired. */
export class SourceGoneError extends ReportableError {
  override readonly name = 'SourceGoneError';
}

/** The quarantine. Every method but `head` throws {@link SourceGoneError} where the version is gone. */
export interface Landing {
  head(version: PinnedVersion): Promise<LandedObject | undefined>;
  read(version: PinnedVersion, offset: number, length: number): Promise<Uint8Array>;
  /** Copies within landing, so that S3 computes the digest of the whole. */
  stage(version: PinnedVersion, stagedKey: string): Promise<DigestedVersion>;
  /** Succeeds where the version is not there. */
  remove(version: PinnedVersion): Promise<void>;
}

/** The current version of a key in the vault. */
export interface KeptObject {
  readonly bytes: number;
  readonly sha256: string | undefined;
  readonly facts: string | undefined;
}

/** A copy from landing into the vault. */
export interface Promotion {
  readonly source: PinnedVersion;
  readonly key: string;
  readonly bytes: number;
  readonly contentType: string;
  /** The completed facts, as the header carries them. */
  readonly facts: string;
}

/** A promotion in parts, at whose end S3 compares the checksum of the whole. */
export interface PartedPromotion extends Promotion {
  readonly crc: ContentCrc;
}

export interface Vault {
  head(key: string): Promise<KeptObject | undefined>;
  /** Copies in one request and answers the digest that S3 computed, or `occupied` where the key has an object. */
  copy(promotion: Promotion): Promise<{ readonly sha256: string } | 'occupied'>;
  /** Copies content past the limit of one request; S3 compares the checksum of the whole. */
  copyInParts(promotion: PartedPromotion): Promise<'copied' | 'occupied'>;
}

/** What the catalog knows of an upload before its content is looked at. */
export interface Recollection {
  /** What was decided before: its content is in the vault, as this asset or another, or it was refused. */
  readonly decision: 'kept' | 'refused' | undefined;
  /** The SHA-256 that the client told at the completion of a multipart upload, base64. */
  readonly word: string | undefined;
}

export interface ContentClaim {
  readonly tenant: string;
  readonly assetId: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly dataClass: string;
  readonly subject: string | undefined;
  readonly case: string | undefined;
  /** The vault key that the claimer promotes to. */
  readonly key: string;
}

export interface IntakeCatalog {
  recall(tenant: string, assetId: string): Promise<Recollection>;
  /** Puts the claim unless there is one; answers the claim that stands where it is another asset's. */
  claim(content: ContentClaim): Promise<HashRow | undefined>;
  /** Puts the claim in the place of exactly this one; false where it has changed. */
  takeOver(content: ContentClaim, from: HashRow): Promise<boolean>;
  recordRejection(row: Omit<RejectedRow, 'pk' | 'sk' | 'kind'>): Promise<void>;
  recordDuplicate(row: Omit<DuplicateRow, 'pk' | 'sk' | 'kind'>): Promise<void>;
}

/** Everything that the intake of an object needs of the world. */
export interface IntakePorts {
  readonly landing: Landing;
  readonly vault: Vault;
  readonly catalog: IntakeCatalog;
  readonly findClass: (name: string) => DataClass | undefined;
  readonly clock: Clock;
  readonly log: Log;
}
