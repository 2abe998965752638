import type { UploadPlan } from '../core/schemas/upload.ts';
import { withRetries } from './backoff.ts';
import { retryVerdict } from './connection.ts';
import type { ContentPart } from './content.ts';
import { StorageError, sendToStorage } from './transport.ts';
import type { SentUpload, UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';
import { askState } from './upload-wait.ts';

type PutPlan = Extract<UploadPlan, { method: 'put' }>;

/**
 * Sends the whole content in one PUT; S3 takes it only with the digest that was told. Where the request has expired the upload
 * begins anew, unless S3 turns out to have the content.
 */
export const sendSinglePut = async (
  job: UploadJob,
  plan: PutPlan,
  begin: () => Promise<UploadPlan>,
): Promise<SentUpload> => {
  const giveBack = await job.connection.places.take(job.signal);
  const part = job.content.part(0, job.content.bytes);
  try {
    job.meter.startSending(0);
    const { assetId, token } = await putWithRetries(job, part, { plan, begin });
    job.meter.partDone(1, part.bytes);
    return { assetId, token, state: { assetId, state: 'landed' } };
  } finally {
    part.release();
    giveBack();
  }
};

/** Answers the plan by which S3 got the content. */
const putWithRetries = async (
  job: UploadJob,
  part: ContentPart,
  { plan: first, begin }: { plan: PutPlan; begin: () => Promise<UploadPlan> },
): Promise<PutPlan> => {
  let plan = first;
  let begunAgain = false;
  const putOnce = async (): Promise<void> => {
    try {
      await put(job, part, plan.request);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // The key takes one object only: 412 says that the answer to an earlier try was lost.
      if (error.status === 412) return;
      if (error.storageCode === 'BadDigest') await job.content.requireUnchanged();
      if (!error.isExpired || begunAgain) throw error;
      // An earlier try may have reached S3 although its answer did not come back.
      if ((await askState(job, plan)).state !== 'expected') return;
      begunAgain = true;
      const fresh = await begin();
      if (fresh.method !== 'put') throw error;
      plan = fresh;
      await put(job, part, plan.request);
    }
  };
  const { backoff } = job.connection;
  await withRetries(putOnce, {
    ...backoff,
    attempts: uploadAttempts,
    signal: job.signal,
    retryable: retryVerdict,
  });
  return plan;
};

const put = async ({ connection, signal, meter }: UploadJob, part: ContentPart, request: PutPlan['request']) => {
  const { method, url, headers } = request;
  const onSent = (bytes: number): void => meter.partSent(1, bytes);
  await sendToStorage(connection.transport, { method, url, headers, part, signal, onSent });
};
