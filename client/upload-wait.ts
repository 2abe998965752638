import type { UploadState } from '../core/schemas/upload.ts';
import { UploadState as UploadStateSchema } from '../core/schemas/upload.ts';
import type { Connection } from './connection.ts';
import { callApi } from './connection.ts';
import type { SentUpload } from './upload.ts';

const firstWaitMs = 50;
const longestWaitMs = 5_000;

type Ended = Extract<UploadState, { state: 'stored' | 'duplicate' | 'rejected' }>;

/** Asks for the upload's state, ever less often, until it has ended. */
export const waitForEnd = async (connection: Connection, sent: SentUpload, signal?: AbortSignal): Promise<Ended> => {
  let state = sent.state;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(longestWaitMs, waitMs * 1.5)) {
    if (state !== undefined && state.state !== 'expected' && state.state !== 'landed') return state;
    if (state !== undefined) await connection.backoff.sleep(waitMs, signal);
    const { value } = await callApi(connection, {
      method: 'GET',
      path: `/uploads/${sent.assetId}`,
      headers: { 'upload-token': sent.token },
      answer: UploadStateSchema,
      signal,
    });
    state = value;
  }
};
