import type { RetentionMode } from '../buckets/configuration.ts';
import type { Checksum } from '../checksums/algorithm.ts';
import type { Segment } from './blobs.ts';

/** How the content of an object is encrypted. */
export interface ObjectEncryption {
  readonly algorithm: 'AES256' | 'aws:kms' | 'aws:kms:dsse';
  readonly keyId?: string;
  readonly bucketKey?: boolean;
}

/** A retention with its end in milliseconds since the epoch. */
export interface Retention {
  readonly mode: RetentionMode;
  readonly until: number;
}

/** A restore of archived content: asked for, readable from, readable until. */
export interface RestoreState {
  readonly requestedAt: number;
  readonly readyAt: number;
  readonly expiresAt: number;
}

/** One part of an object that was uploaded in parts. */
export interface ObjectPart {
  readonly number: number;
  readonly size: number;
  readonly checksum?: string;
}

/** The state of a version's copy, as `x-amz-replication-status` tells it. */
export type ReplicationStatus = 'PENDING' | 'COMPLETED' | 'FAILED' | 'REPLICA';

/** What an object version carries besides its size, tag and time. */
export interface VersionDetail {
  /** Content-Type, Cache-Control, … by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** User metadata by name without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly storageClass: string;
  /** When a lifecycle rule moved it to that class, in milliseconds since the epoch. */
  readonly transitionedAt?: number;
  readonly segments: readonly Segment[];
  readonly parts?: readonly ObjectPart[];
  readonly checksum?: Checksum;
  readonly encryption: ObjectEncryption;
  readonly tags: Readonly<Record<string, string>>;
  readonly retention?: Retention;
  readonly legalHold?: boolean;
  readonly restore?: RestoreState;
  /** What has become of the copy in another bucket, or that this is one. */
  readonly replication?: ReplicationStatus;
}

/** An object version or a delete marker. */
export interface ObjectVersion {
  readonly bucketId: number;
  readonly key: string;
  /** Grows with each version of the platform: newer is greater. */
  readonly seq: number;
  readonly versionId: string;
  /** The newest of its key. */
  readonly current: boolean;
  readonly marker: boolean;
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since the epoch. */
  readonly modified: number;
  readonly detail: VersionDetail;
}

/** The detail of a delete marker: nothing. */
export const markerDetail: VersionDetail = {
  headers: {},
  metadata: {},
  storageClass: 'STANDARD',
  segments: [],
  encryption: { algorithm: 'AES256' },
  tags: {},
};
