import type {
  AssetRow,
  AssetSummary,
  DuplicateRow,
  MemberRow,
  RejectedRow,
  VersionEntry,
} from '../../core/catalog/asset-row.ts';
import type { indexNames, TableKey } from '../../core/catalog/keys.ts';
import type { Facts } from '../../core/facts.ts';
import type { FactsObject } from '../../core/facts-object.ts';
import type { JobState, JobSummary } from '../../core/jobs/job-row.ts';
import type { UploadMethod } from '../../core/key-layout.ts';
import type { PackedRow, PackRow } from '../../core/pack/packed-row.ts';
import type { PartPlan } from '../../core/part-plan.ts';
import type { HoldRow, HoldSummary } from '../../core/retention/hold-row.ts';
import type { RetentionRuleRow } from '../../core/retention/rule-row.ts';
import type { AssetCopy } from '../../core/schemas/asset.ts';
import type { SignedForm, SignedPart, SignedRequest } from '../../core/schemas/upload.ts';
import type { JobTable } from '../shared/job-table.ts';

/** Where a query goes on: the last key that DynamoDB evaluated. */
export type Position = Readonly<Record<string, string>>;

/** One query over one index, newest or oldest first. */
export interface IndexQuery {
  readonly index: (typeof indexNames)[keyof typeof indexNames];
  readonly partition: string;
  /** Bounds of the sort key, both included. */
  readonly from?: string;
  readonly to?: string;
  readonly oldestFirst: boolean;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: Position | undefined;
}

/** What the catalog says of one upload; the asset wins over the others. */
export interface UploadTraces {
  readonly asset?: AssetRow;
  readonly rejected?: RejectedRow;
  readonly duplicate?: DuplicateRow;
}

/** The catalog as the API reads it; it never writes an asset row. Each method is one request. */
export interface Catalog {
  asset(tenant: string, assetId: string): Promise<AssetRow | undefined>;
  uploadTraces(tenant: string, assetId: string): Promise<UploadTraces>;
  summaries(query: IndexQuery, limit: number, position: Position | undefined): Promise<Page<AssetSummary>>;
  /** Assets with exactly this content, over classes and subjects. */
  byContent(
    content: { readonly tenant: string; readonly sha256: string; readonly bytes: number },
    limit: number,
    position: Position | undefined,
  ): Promise<Page<AssetSummary>>;
  /** The rows of these packs that there are. */
  packs(tenant: string, packIds: readonly string[]): Promise<readonly PackRow[]>;
  /** Which pack holds the asset. */
  packed(tenant: string, assetId: string): Promise<PackedRow | undefined>;
  /** A page of versions older than those in the row, newest first. */
  olderVersions(tenant: string, assetId: string, position: Position | undefined): Promise<Page<VersionEntry>>;
  /** Any cheap request; rejects when the table does not answer. */
  ping(): Promise<void>;
}

/** Memberships: one row for each principal and tenant. */
export interface Members {
  get(principal: string, tenant: string): Promise<MemberRow | undefined>;
  /** The memberships of a principal, as many as one answer of the table holds: thousands. */
  of(principal: string): Promise<readonly MemberRow[]>;
  list(tenant: string, limit: number, position: Position | undefined): Promise<Page<MemberRow['summary']>>;
  /** False where the principal is a member already. */
  add(row: MemberRow): Promise<boolean>;
  /**
   * Replaces a row of this revision, or removes it where `next` is undefined. With a witness, only as long as that other
   * principal is an active administrator. False where one of the conditions no longer holds.
   */
  replace(current: MemberRow, next: MemberRow | undefined, witness?: string): Promise<boolean>;
}

/** What a repeated request with the same idempotency key finds. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly owner: string;
  readonly startedAt: number;
  /** JSON of what the first request decided; absent while it runs. */
  readonly outcome?: string;
}

/** Rows that remember what a request with an idempotency key did. */
export interface IdempotencyRecords {
  /** Puts the record unless a living one is there, which it then answers. */
  start(key: TableKey, record: IdempotencyRecord, now: number): Promise<IdempotencyRecord | undefined>;
  get(key: TableKey): Promise<IdempotencyRecord | undefined>;
  /** Takes over from an owner that died; false where somebody else was faster. */
  takeOver(key: TableKey, record: IdempotencyRecord, deadOwner: string): Promise<boolean>;
  finish(key: TableKey, owner: string, outcome: string): Promise<void>;
  forget(key: TableKey, owner: string): Promise<void>;
}

/** The rate counter; false where the caller has used up its minute. */
export interface RateCounter {
  admit(principal: string, minute: number, limit: number): Promise<boolean>;
}

/** The rows of the rate counter, one for each caller and minute; false, and nothing counted, where the limit leaves no room. */
export interface RateRows {
  take(principal: string, count: { minute: number; requests: number; limit: number }): Promise<boolean>;
}

/** The client's word on a content that came in parts, for intake to compare. */
export interface Words {
  /** False where another word was given before. */
  tell(word: { tenant: string; assetId: string; sha256: string; expiresAt: number }): Promise<boolean>;
}

export interface CompletedPart {
  readonly partNumber: number;
  readonly etag: string;
  readonly crc32?: string | undefined;
}

/** How S3 took a completion: the upload may be unknown, because it was completed or aborted before. */
export type Completion = 'completed' | 'running' | 'unknown-upload';

/** The landing bucket. */
export interface Landing {
  signPut(upload: {
    key: string;
    facts: Facts;
    bytes: number;
    sha256: string;
    expiresInSeconds: number;
  }): Promise<SignedRequest>;
  signForm(upload: {
    key: string;
    facts: Facts;
    lengthRange: readonly [number, number];
    expiresInSeconds: number;
  }): Promise<SignedForm>;
  createMultipart(upload: { key: string; facts: Facts }): Promise<string>;
  signParts(upload: {
    key: string;
    uploadId: string;
    plan: PartPlan;
    partNumbers: readonly number[];
    expiresInSeconds: number;
  }): Promise<SignedPart[]>;
  completeMultipart(upload: {
    key: string;
    uploadId: string;
    bytes: number;
    parts: readonly CompletedPart[];
    crc32: string;
  }): Promise<Completion>;
  /** False where S3 knows no such upload. */
  abortMultipart(key: string, uploadId: string): Promise<boolean>;
  /** True where an object lies under the key. */
  holds(key: string): Promise<boolean>;
}

/** What lies under the key of a facts object; `facts` is undefined where the body is none. */
export interface StoredFacts {
  readonly etag: string;
  readonly facts: FactsObject | undefined;
}

/** The vault as the API may touch it. */
export interface Vault {
  signGet(download: {
    key: string;
    versionId: string;
    disposition: string;
    contentType: string;
    expiresInSeconds: number;
  }): Promise<string>;
  /** The bytes of a range of one version; `archived` where S3 says that they have to be restored first. */
  readRange(key: string, versionId: string, range: string): Promise<Uint8Array | 'archived'>;
  readFacts(key: string): Promise<StoredFacts | undefined>;
  /** Puts the facts object over the one with this ETag, or where there is none; undefined where it changed meanwhile. */
  writeFacts(key: string, body: string, over: string | undefined): Promise<string | undefined>;
  /** Puts a delete marker and answers its version id. */
  delete(key: string): Promise<string>;
}

/** The vault's copies in the second region. */
export interface Copies {
  /** What both regions say of one version at this moment. */
  look(key: string, versionId: string): Promise<AssetCopy>;
}

/** Removes delete markers; the function behind it verifies that they are some. */
export type Undelete = (key: string, markerVersionId: string) => Promise<'removed' | 'not-a-marker' | 'not-found'>;

/** Legal holds. */
export interface Holds {
  get(tenant: string, holdId: string): Promise<HoldRow | undefined>;
  /** Those in force or in their grace, newest first. */
  list(tenant: string, limit: number, position: Position | undefined): Promise<Page<HoldSummary>>;
  /** False where a hold of this id is there already. */
  place(row: HoldRow): Promise<boolean>;
  /** Replaces a row of this revision; false where somebody else has. */
  replace(current: HoldRow, next: HoldRow): Promise<boolean>;
}

/** What tenants and users say about how long to keep. */
export interface RetentionRules {
  /** Sets a rule over the one that was read, or where there was none; false where that has changed. */
  set(row: RetentionRuleRow, current: RetentionRuleRow | undefined): Promise<boolean>;
  remove(current: RetentionRuleRow): Promise<boolean>;
}

/** The rows of jobs. */
export interface JobRows extends Pick<JobTable, 'read' | 'replace'> {
  /** Newest first. */
  list(
    jobs: { readonly tenant: string; readonly state: JobState },
    limit: number,
    position: Position | undefined,
  ): Promise<Page<JobSummary>>;
}

/** Deletion of assets of which only a pack holds the content: a delete marker over nothing does not last. */
export interface PackedAssets {
  /** False where no pack holds the asset. */
  hide(tenant: string, assetId: string, at: string): Promise<boolean>;
  show(tenant: string, assetId: string): Promise<boolean>;
}

/** Where opened copies lie for a day. */
export interface Scratch {
  /** Lays a copy there and answers a link to it. */
  open(copy: {
    readonly key: string;
    readonly body: Uint8Array;
    readonly disposition: string;
    readonly contentType: string;
    readonly expiresInSeconds: number;
  }): Promise<string>;
}

/** The user pool. */
export interface UserDirectory {
  /** Invites a person by e-mail, or finds the one that is there; answers the `sub`. */
  invite(email: string): Promise<{ readonly sub: string; readonly invited: boolean }>;
}

/** The ways in which an upload can come; the landing key tells them apart. */
export type { UploadMethod };
