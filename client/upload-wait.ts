import type { UploadState } from '../core/schemas/upload.ts';
import { UploadState as UploadStateSchema } from '../core/schemas/upload.ts';
import { callApi } from './connection.ts';
import type { SentUpload, UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';

const firstWaitMs = 150;
const longestWaitMs = 5_000;
/** S3 may fail after it began to put the parts together, and says so to nobody: it is asked again. */
const completeAgainAfterMs = 30_000;

export type EndState = Extract<UploadState, { state: 'stored' | 'duplicate' | 'rejected' }>;

/** Where an upload stands. */
export const askState = async (
  { connection, signal }: Pick<UploadJob, 'connection' | 'signal'>,
  { assetId, token }: { readonly assetId: string; readonly token: string },
): Promise<UploadState> => {
  const { value } = await callApi(connection, {
    method: 'GET',
    path: `/uploads/${assetId}`,
    headers: { 'upload-token': token },
    answer: UploadStateSchema,
    attempts: uploadAttempts,
    signal,
  });
  return value;
};

/** Asks for the upload's state, ever less often, until it has ended. */
export const waitForEnd = async (job: UploadJob, sent: SentUpload): Promise<EndState> => {
  let { state } = sent;
  let expectedForMs = 0;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 2)) {
    if (state.state !== 'expected' && state.state !== 'landed') return state;
    await job.connection.backoff.sleep(waitMs, job.signal);
    expectedForMs = state.state === 'expected' ? expectedForMs + waitMs : 0;
    const again = expectedForMs >= completeAgainAfterMs ? sent.completeAgain : undefined;
    if (again !== undefined) expectedForMs = 0;
    state = await (again?.() ?? askState(job, sent));
  }
};
