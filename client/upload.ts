import { maxSinglePutBytes } from '../core/part-plan.ts';
import type { BeginUpload, UploadPlan, UploadState } from '../core/schemas/upload.ts';
import { UploadPlan as UploadPlanSchema } from '../core/schemas/upload.ts';
import { digestOf } from './checksums.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';
import type { ContentSource } from './content.ts';
import { ServiceError, UploadRejectedError } from './errors.ts';
import { resumeMultipart, sendMultipart } from './multipart.ts';
import { sendSinglePut } from './single-put.ts';
import { StorageError } from './transport.ts';
import type { ProgressStore } from './upload-state.ts';
import { noProgressStore } from './upload-state.ts';
import { waitForEnd } from './upload-wait.ts';

/** What is said of the content; the class decides what is required. */
export type UploadFacts = Omit<BeginUpload, 'bytes' | 'byteRange' | 'sha256' | 'attributes'> & {
  readonly attributes?: Readonly<Record<string, unknown>>;
};

/** One step of an upload: what it does now, and how many bytes S3 has already. */
export interface UploadEvent {
  readonly phase: 'hashing' | 'sending' | 'completing' | 'inspecting' | 'done';
  readonly sentBytes: number;
  readonly totalBytes: number;
}

export interface UploadOptions {
  readonly onProgress?: (event: UploadEvent) => void;
  readonly signal?: AbortSignal;
  /** Parts in flight at once. @default 4 */
  readonly parallel?: number;
  /** Lets a later try go on where this one ended. @default nothing is remembered */
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
  readonly state: 'stored' | 'duplicate' | 'landed' | 'expected';
}

/** All that one upload is made of. */
export interface UploadJob {
  readonly connection: Connection;
  readonly content: ContentSource;
  readonly facts: UploadFacts;
  readonly options: UploadOptions;
  readonly progress: ProgressStore;
  report(phase: UploadEvent['phase'], sentBytes: number): void;
}

/**
 * Uploads content and waits for its end. Small content goes in a single PUT, hashed first; larger content in parallel parts,
 * hashed while they are read, resumed where an earlier try ended. Throws {@link ServiceError} for what the service refuses,
 * {@link UploadRejectedError} for content that its inspection refuses, and the signal's reason.
 */
export const upload = async (
  connection: Connection,
  content: ContentSource,
  facts: UploadFacts,
  options: UploadOptions = {},
): Promise<UploadResult> => {
  const job: UploadJob = {
    connection,
    content,
    facts,
    options,
    progress: options.progress ?? noProgressStore,
    report: (phase, sentBytes) => options.onProgress?.({ phase, sentBytes, totalBytes: content.bytes }),
  };
  const sent = await sendContent(job);
  if (options.wait === false) return resultOf(sent.assetId, sent.state);
  job.report('inspecting', content.bytes);
  const end = await waitForEnd(connection, sent, options.signal);
  await job.progress.remove();
  job.report('done', content.bytes);
  if (end.state === 'rejected') throw new UploadRejectedError(end.assetId, end.reason, end.message);
  return resultOf(sent.assetId, end);
};

/** An upload whose content S3 has. */
export interface SentUpload {
  readonly assetId: string;
  readonly token: string;
  readonly state?: UploadState;
}

const resultOf = (uploadId: string, end: UploadState | undefined): UploadResult => ({
  uploadId,
  assetId: end?.state === 'duplicate' ? end.duplicateOf : uploadId,
  state: end === undefined || end.state === 'rejected' ? 'landed' : end.state,
});

const sendContent = async (job: UploadJob): Promise<SentUpload> => (await resumed(job)) ?? (await begun(job));

/** Goes on with an earlier try; undefined where there is none, or where the service has forgotten it. */
const resumed = async (job: UploadJob): Promise<SentUpload | undefined> => {
  const earlier = await job.progress.load();
  if (earlier === undefined) return undefined;
  const stillGood = earlier.bytes === job.content.bytes && Date.parse(earlier.tokenExpiresAt) > job.connection.now();
  try {
    if (stillGood) return await resumeMultipart(job, earlier);
  } catch (error) {
    if (!isForgotten(error)) throw error;
  }
  await job.progress.remove();
  return undefined;
};

/** S3 removes what stays incomplete for a day, and the token names what it removed. */
const isForgotten = (error: unknown): boolean =>
  (error instanceof StorageError && error.storageCode === 'NoSuchUpload') ||
  (error instanceof ServiceError && ['not-found', 'gone', 'bad-request'].includes(error.code));

const begun = async (job: UploadJob): Promise<SentUpload> => {
  const plan = await begin(job);
  if (plan.method === 'put') return await sendSinglePut(job, plan);
  if (plan.method === 'multipart') return await sendMultipart(job, plan);
  throw new ServiceError('The service planned a form for content whose length was told.', {
    code: 'internal',
    retryable: false,
  });
};

/** `POST /uploads` for this content; a single PUT needs the digest beforehand. */
export const begin = async ({ connection, content, facts, options, report }: UploadJob): Promise<UploadPlan> => {
  const isSmall = content.bytes <= maxSinglePutBytes;
  if (isSmall) report('hashing', 0);
  const part = isSmall ? content.part(0, content.bytes) : undefined;
  const sha256 = part && (await digestOf(part, options.signal));
  part?.release();
  const body: BeginUpload = {
    ...facts,
    attributes: { ...facts.attributes },
    bytes: content.bytes,
    ...(sha256 !== undefined && { sha256 }),
  };
  const request = { method: 'POST', path: '/uploads', body, answer: UploadPlanSchema, signal: options.signal } as const;
  return (await callApi(connection, request)).value;
};
