import { maxSinglePutBytes } from '../core/part-plan.ts';
import type { UploadState } from '../core/schemas/upload.ts';
import { beginUpload } from './begin-upload.ts';
import { digestOf } from './checksums.ts';
import type { Connection } from './connection.ts';
import { eitherSignal } from './connection.ts';
import type { ContentSource } from './content.ts';
import { ServiceError, UploadRejectedError } from './errors.ts';
import { newProgress, sendParts } from './multipart.ts';
import { giveUp, isLost, resumeUpload } from './resume.ts';
import { sendSinglePut } from './single-put.ts';
import { UploadMeter } from './upload-meter.ts';
import type { SentUpload, UploadFacts, UploadJob, UploadOptions, UploadResult } from './upload-options.ts';
import type { UploadProgress } from './upload-state.ts';
import { noProgressStore } from './upload-state.ts';
import { waitForEnd } from './upload-wait.ts';

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
    signal: eitherSignal(connection.signal, options.signal),
    progress: options.progress ?? noProgressStore,
    meter: new UploadMeter(content.bytes, options.onProgress),
  };
  job.signal?.throwIfAborted();
  const sent = (await resumeUpload(job)) ?? (await sendNew(job));
  const end = options.wait === false ? sent.state : await inspected(job, sent);
  // What S3 is still putting together can be asked for again.
  if (end.state !== 'expected') await job.progress.remove();
  if (end.state === 'rejected') throw new UploadRejectedError(end.assetId, end.reason, end.message);
  job.meter.enter('done');
  return resultOf(sent.assetId, end);
};

const inspected = async (job: UploadJob, sent: SentUpload): Promise<UploadState> => {
  job.meter.enter('inspecting');
  return await waitForEnd(job, sent);
};

const resultOf = (uploadId: string, end: Exclude<UploadState, { state: 'rejected' }>): UploadResult => ({
  uploadId,
  assetId: end.state === 'duplicate' ? end.duplicateOf : uploadId,
  state: end.state,
});

const sendNew = async (job: UploadJob): Promise<SentUpload> => {
  const { connection, content } = job;
  const isWhole = content.bytes <= maxSinglePutBytes;
  const sha256 = isWhole ? await hash(job) : undefined;
  const key = isWhole ? false : connection.newId();
  const begin = () => beginUpload(job, sha256, key);
  const plan = await begin();
  if (plan.method === 'put') return await sendSinglePut(job, plan, begin);
  if (plan.method === 'multipart') {
    const progress = newProgress(plan, content.bytes);
    return await orGiveUp(job, progress, async () => {
      await job.progress.save(progress);
      return await sendParts(job, progress, plan);
    });
  }
  throw new ServiceError('The service planned a form for content whose length was told.', {
    code: 'internal',
    retryable: false,
  });
};

const hash = async ({ content, signal, meter }: UploadJob): Promise<string> => {
  meter.enter('hashing');
  const sha256 = await digestOf(content, signal);
  await content.requireUnchanged();
  return sha256;
};

/** Parts that no later try will go on with are freed. */
const orGiveUp = async (
  job: UploadJob,
  progress: UploadProgress,
  send: () => Promise<SentUpload>,
): Promise<SentUpload> => {
  try {
    return await send();
  } catch (error) {
    if (job.progress === noProgressStore || isLost(error)) await giveUp(job, progress);
    throw error;
  }
};
