import * as z from 'zod';
import { callApi } from './connection.ts';
import { ContentChangedError, ServiceError } from './errors.ts';
import { sendParts } from './multipart.ts';
import { StorageError } from './transport.ts';
import type { SentUpload, UploadJob } from './upload-options.ts';
import type { UploadProgress } from './upload-state.ts';
import { askState } from './upload-wait.ts';

/** Goes on with an earlier try; undefined where there is none, or none that can be gone on with. */
export const resumeUpload = async (job: UploadJob): Promise<SentUpload | undefined> => {
  const earlier = await job.progress.load();
  if (earlier === undefined) return undefined;
  try {
    if (earlier.bytes === job.content.bytes) return await goOn(job, earlier);
  } catch (error) {
    if (!isLost(error)) throw error;
    // A file that changes right now is an error; one that had changed before this try is another content.
    await job.content.requireUnchanged();
  }
  await giveUp(job, earlier);
  return undefined;
};

/** The earlier try may have ended between the completion and the notice of it: then there is nothing left to send. */
const goOn = async (job: UploadJob, earlier: UploadProgress): Promise<SentUpload> => {
  const state = await askState(job, earlier);
  if (state.state !== 'expected') return { assetId: earlier.assetId, token: earlier.token, state };
  return await sendParts(job, earlier);
};

const lostCodes: readonly ServiceError['code'][] = ['not-found', 'gone', 'bad-request', 'forbidden', 'unprocessable'];

/**
 * True where no later try can go on: S3 drops what stays incomplete for a day, a deployment can be another one under the same address, the parts that S3 has
 * can be others than those that were noted down, and the content another.
 */
export const isLost = (error: unknown): boolean =>
  error instanceof ContentChangedError ||
  (error instanceof StorageError && error.storageCode === 'NoSuchUpload') ||
  (error instanceof ServiceError && lostCodes.includes(error.code));

const patienceMs = 5_000;

/** Forgets an upload and frees its parts. */
export const giveUp = async (
  { connection, progress }: Pick<UploadJob, 'connection' | 'progress'>,
  { assetId, token }: UploadProgress,
): Promise<void> => {
  await progress.remove();
  const request = { method: 'DELETE', path: `/uploads/${assetId}`, headers: { 'upload-token': token } } as const;
  const once = { answer: z.undefined(), attempts: 1, signal: AbortSignal.timeout(patienceMs) };
  try {
    await callApi({ ...connection, signal: undefined }, { ...request, ...once });
  } catch {
    // Storage drops the parts by itself within a day; whoever waits here waits for the error that led to this.
  }
};
