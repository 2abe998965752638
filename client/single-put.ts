import type { UploadPlan } from '../core/schemas/upload.ts';
import { withRetries } from './backoff.ts';
import { retryVerdict } from './connection.ts';
import type { ContentPart } from './content.ts';
import { StorageError, sendToStorage } from './transport.ts';
import type { SentUpload, UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';

type PutPlan = Extract<UploadPlan, { method: 'put' }>;

/** Sends the whole content in one PUT; S3 takes it only with the digest that was told. */
export const sendSinglePut = async (
  job: UploadJob,
  plan: PutPlan,
  signAgain: () => Promise<UploadPlan>,
): Promise<SentUpload> => {
  const giveBack = await job.connection.places.take(job.signal);
  const part = job.content.part(0, job.content.bytes);
  try {
    job.meter.startSending(0);
    await putWithRetries(job, part, { plan, signAgain });
    job.meter.partDone(1, part.bytes);
  } finally {
    part.release();
    giveBack();
  }
  const { assetId, token } = plan;
  return { assetId, token, state: { assetId, state: 'landed' } };
};

const putWithRetries = async (
  job: UploadJob,
  part: ContentPart,
  { plan, signAgain }: { plan: PutPlan; signAgain: () => Promise<UploadPlan> },
): Promise<void> => {
  let { request } = plan;
  let signedAgain = false;
  const putOnce = async (): Promise<void> => {
    try {
      await put(job, part, request);
    } catch (error) {
      if (!(error instanceof StorageError)) throw error;
      // The key takes one object only: 412 says that the answer to an earlier try was lost.
      if (error.status === 412) return;
      if (error.storageCode === 'BadDigest') await job.content.requireUnchanged();
      if (!error.isExpired || signedAgain) throw error;
      signedAgain = true;
      const fresh = await signAgain();
      if (fresh.method !== 'put') throw error;
      ({ request } = fresh);
      await put(job, part, request);
    }
  };
  const { backoff } = job.connection;
  await withRetries(putOnce, {
    ...backoff,
    attempts: uploadAttempts,
    signal: job.signal,
    retryable: retryVerdict,
  });
};

const put = async ({ connection, signal, meter }: UploadJob, part: ContentPart, request: PutPlan['request']) => {
  const { method, url, headers } = request;
  const onSent = (bytes: number): void => meter.partSent(1, bytes);
  await sendToStorage(connection.transport, { method, url, headers, part, signal, onSent });
};
