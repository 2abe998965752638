import type { BeginUpload, UploadState } from '../core/schemas/upload.ts';
import type { Connection } from './connection.ts';
import type { ContentSource } from './content.ts';
import type { UploadMeter } from './upload-meter.ts';
import type { ProgressStore } from './upload-state.ts';

/** What is said of the content; the class decides what is required. */
export type UploadFacts = Omit<BeginUpload, 'bytes' | 'byteRange' | 'sha256' | 'attributes'> & {
  readonly attributes?: Readonly<Record<string, unknown>>;
};

/** One step of an upload: what it does now, and how many bytes have left for S3. */
export interface UploadEvent {
  readonly phase: 'hashing' | 'sending' | 'completing' | 'inspecting' | 'done';
  /** Never less than before, unless S3 has lost what an earlier try sent and the upload begins anew. */
  readonly sentBytes: number;
  /** What an earlier try had sent; the speed of this one is that of the rest. */
  readonly resumedBytes: number;
  readonly totalBytes: number;
}

export interface UploadOptions {
  readonly onProgress?: (event: UploadEvent) => void;
  readonly signal?: AbortSignal;
  /** Lets a later try go on where this one ended. @default nothing is remembered, and what was sent is given up */
  readonly progress?: ProgressStore;
  /** Wait until the upload is stored, a duplicate or rejected. @default true */
  readonly wait?: boolean;
}

/** How an upload ended: `stored` under `assetId`, or a `duplicate` of an asset that was there. */
export interface UploadResult {
  /** The asset that has the content. */
  readonly assetId: string;
  /** The id that this upload was given; another one than `assetId` for a duplicate. */
  readonly uploadId: string;
  /** `landed` and `expected` only where nobody waited: verified later, or still being put together by S3. */
  readonly state: 'stored' | 'duplicate' | 'landed' | 'expected';
}

/** All that one upload is made of. */
export interface UploadJob {
  readonly connection: Connection;
  readonly content: ContentSource;
  readonly facts: UploadFacts;
  readonly signal: AbortSignal | undefined;
  readonly progress: ProgressStore;
  readonly meter: UploadMeter;
}

/** An upload whose content S3 has. */
export interface SentUpload {
  readonly assetId: string;
  readonly token: string;
  readonly state: UploadState;
  /** Asks S3 once more to put the parts together. */
  readonly completeAgain?: () => Promise<UploadState>;
}

/** A long upload must outlive an outage of a minute; a command that only asks something need not. */
export const uploadAttempts = 10;
