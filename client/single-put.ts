import type { UploadPlan } from '../core/schemas/upload.ts';
import { withRetries } from './backoff.ts';
import { retryVerdict } from './connection.ts';
import { StorageError, sendToStorage } from './transport.ts';
import type { SentUpload, UploadJob } from './upload.ts';
import { begin } from './upload.ts';

type PutPlan = Extract<UploadPlan, { method: 'put' }>;

/** Sends the whole content in one PUT; a URL that ended meanwhile is replaced by beginning again, once. */
export const sendSinglePut = async (job: UploadJob, plan: PutPlan): Promise<SentUpload> => {
  try {
    return await put(job, plan);
  } catch (error) {
    const ended = Date.parse(plan.expiresAt) <= job.connection.now();
    if (!(error instanceof StorageError && error.isExpired && ended)) throw error;
    const again = await begin(job);
    if (again.method !== 'put') throw error;
    return await put(job, again);
  }
};

const put = async ({ connection, content, options, report }: UploadJob, plan: PutPlan): Promise<SentUpload> => {
  const part = content.part(0, content.bytes);
  report('sending', 0);
  const request = { ...plan.request, part, signal: options.signal };
  const retry = { ...connection.backoff, ...(options.signal && { signal: options.signal }), retryable: retryVerdict };
  try {
    await withRetries(() => sendOnce(() => sendToStorage(connection.transport, request)), retry);
  } finally {
    part.release();
  }
  await content.requireUnchanged();
  report('sending', content.bytes);
  return { assetId: plan.assetId, token: plan.token };
};

/** The key takes one object only: 412 on a repeat says that the answer to the first try was lost. */
const sendOnce = async (send: () => Promise<unknown>): Promise<void> => {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof StorageError && error.status === 412)) throw error;
  }
};
