import type { CompleteUpload, SignedPart, UploadPlan } from '../core/schemas/upload.ts';
import { UploadState as UploadStateSchema } from '../core/schemas/upload.ts';
import { withRetries } from './backoff.ts';
import { ContentChecksums } from './checksums.ts';
import { callApi, retryVerdict } from './connection.ts';
import type { ContentPart } from './content.ts';
import { contentChanged } from './content.ts';
import { crc32Base64 } from './crc32.ts';
import { forEachParallel } from './parallel.ts';
import { PartUrls } from './part-urls.ts';
import { StorageError, sendToStorage } from './transport.ts';
import type { SentUpload, UploadJob } from './upload.ts';
import type { UploadedPart, UploadProgress } from './upload-state.ts';

type MultipartPlan = Extract<UploadPlan, { method: 'multipart' }>;

/** Sends all parts of a new upload. */
export const sendMultipart = async (job: UploadJob, plan: MultipartPlan): Promise<SentUpload> => {
  const progress: UploadProgress = {
    v: 1,
    assetId: plan.assetId,
    token: plan.token,
    tokenExpiresAt: plan.tokenExpiresAt,
    bytes: job.content.bytes,
    partBytes: plan.partBytes,
    parts: [],
  };
  await job.progress.save(progress);
  return await sendParts(job, progress, { signed: plan.parts, expiresAt: plan.expiresAt });
};

/** Sends what an earlier try did not; parts that S3 has are read again for their checksums, but not sent. */
export const resumeMultipart = (job: UploadJob, earlier: UploadProgress): Promise<SentUpload> =>
  sendParts(job, earlier, { signed: [], expiresAt: new Date(0).toISOString() });

interface ReadPart {
  readonly partNumber: number;
  readonly crc32: number;
  readonly part: ContentPart;
}

const sendParts = async (
  job: UploadJob,
  progress: UploadProgress,
  urls: { signed: readonly SignedPart[]; expiresAt: string },
): Promise<SentUpload> => {
  const checksums = new ContentChecksums();
  const parts = new Map<number, UploadedPart>(progress.parts.map((part) => [part.partNumber, part]));
  const signer = new PartUrls(job.connection, progress, urls);
  const sentBytes = () => [...parts.keys()].reduce((sum, number) => sum + lengthOfPart(progress, number), 0);
  const saver = progressSaver(job, progress, parts);
  job.report('sending', sentBytes());
  await forEachParallel(readParts(job, progress, checksums, parts), job.options.parallel ?? 4, async (read) => {
    const etag = await sendPart(job, read, signer).finally(() => read.part.release());
    parts.set(read.partNumber, { partNumber: read.partNumber, etag, crc32: read.crc32 });
    await saver();
    job.report('sending', sentBytes());
  });
  await job.content.requireUnchanged();
  return await complete(job, progress, { parts, ...checksums.finish() });
};

/** Reads every part once, in order; hands on those that S3 does not have yet. */
async function* readParts(
  { content, options }: UploadJob,
  progress: UploadProgress,
  checksums: ContentChecksums,
  sent: ReadonlyMap<number, UploadedPart>,
): AsyncIterable<ReadPart> {
  const count = Math.ceil(progress.bytes / progress.partBytes);
  for (let partNumber = 1; partNumber <= count; partNumber += 1) {
    const start = (partNumber - 1) * progress.partBytes;
    const part = content.part(start, start + lengthOfPart(progress, partNumber));
    const crc32 = await checksums.addPart(part, options.signal);
    const earlier = sent.get(partNumber);
    if (earlier === undefined) yield { partNumber, crc32, part };
    else part.release();
    if (earlier !== undefined && earlier.crc32 !== crc32) throw contentChanged();
  }
}

const lengthOfPart = ({ bytes, partBytes }: UploadProgress, partNumber: number): number =>
  Math.min(partBytes, bytes - (partNumber - 1) * partBytes);

const sendPart = async (job: UploadJob, { partNumber, part }: ReadPart, urls: PartUrls): Promise<string> => {
  const { connection, options } = job;
  const retry = {
    ...connection.backoff,
    ...(options.signal && { signal: options.signal }),
    retryable: (error: unknown) => (error instanceof StorageError && error.isExpired) || retryVerdict(error),
  };
  const answer = await withRetries(async () => {
    const url = await urls.get(partNumber, options.signal);
    try {
      return await sendToStorage(connection.transport, {
        method: 'PUT',
        url,
        headers: {},
        part,
        signal: options.signal,
      });
    } catch (error) {
      if (error instanceof StorageError && error.isExpired) urls.forget(partNumber);
      throw error;
    }
  }, retry);
  return answer.header('etag') ?? '';
};

/** Saves one state after the other, the newest last, and none twice while one is being written. */
const progressSaver = (job: UploadJob, progress: UploadProgress, parts: ReadonlyMap<number, UploadedPart>) => {
  let last: Promise<void> = Promise.resolve();
  let waiting = false;
  return (): Promise<void> => {
    if (waiting) return last;
    waiting = true;
    last = last.then(() => {
      waiting = false;
      return job.progress.save({ ...progress, parts: [...parts.values()] });
    });
    return last;
  };
};

const complete = async (
  { connection, options, content, report }: UploadJob,
  { assetId, token }: UploadProgress,
  sums: { parts: ReadonlyMap<number, UploadedPart>; crc32: number; sha256: string },
): Promise<SentUpload> => {
  report('completing', content.bytes);
  const body: CompleteUpload = {
    token,
    parts: [...sums.parts.values()]
      .sort((a, b) => a.partNumber - b.partNumber)
      .map(({ partNumber, etag, crc32 }) => ({ partNumber, etag, crc32: crc32Base64(crc32) })),
    crc32: crc32Base64(sums.crc32),
    sha256: sums.sha256,
  };
  const path = `/uploads/${assetId}/complete`;
  const request = { method: 'POST', path, body, answer: UploadStateSchema, signal: options.signal } as const;
  return { assetId, token, state: (await callApi(connection, request)).value };
};
