import type { CompleteUpload, UploadPlan, UploadState } from '../core/schemas/upload.ts';
import { UploadState as UploadStateSchema } from '../core/schemas/upload.ts';
import { ContentChecksums } from './checksums.ts';
import { callApi } from './connection.ts';
import { contentChanged } from './content.ts';
import { crc32Base64 } from './crc32.ts';
import { forEachParallel } from './parallel.ts';
import type { ReadPart } from './part-sending.ts';
import { sendPart } from './part-sending.ts';
import { PartUrls } from './part-urls.ts';
import type { SentUpload, UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';
import type { UploadedPart, UploadProgress } from './upload-state.ts';

type MultipartPlan = Extract<UploadPlan, { method: 'multipart' }>;
type Parts = Map<number, UploadedPart>;

/** The progress of an upload that has just begun. */
export const newProgress = ({ assetId, token, partBytes }: MultipartPlan, bytes: number): UploadProgress => ({
  v: 1,
  assetId,
  token,
  bytes,
  partBytes,
  parts: [],
});

/**
 * Sends what an earlier try did not, in parallel, and has S3 put the parts together. Every part is read once, in order, for
 * the checksums, those that S3 has already too; what is read is sent from memory.
 */
export const sendParts = async (
  job: UploadJob,
  progress: UploadProgress,
  signed?: Pick<MultipartPlan, 'parts' | 'expiresAt'>,
): Promise<SentUpload> => {
  const checksums = new ContentChecksums();
  const parts: Parts = new Map(progress.parts.map((part) => [part.partNumber, part]));
  const urls = new PartUrls(job.connection, progress, signed);
  const save = progressSaver(job, progress, parts);
  job.meter.startSending(progress.parts.reduce((sum, part) => sum + lengthOfPart(progress, part.partNumber), 0));
  await forEachParallel(readParts(job, progress, checksums, parts), Infinity, async (read) => {
    const { partNumber, crc32 } = read;
    try {
      const etag = await sendPart(job, read, urls);
      parts.set(partNumber, { partNumber, etag, crc32 });
      await save();
    } finally {
      read.release();
    }
    job.meter.partDone(partNumber, lengthOfPart(progress, partNumber));
  });
  await job.content.requireUnchanged();
  job.meter.enter('completing');
  const body = completion(progress.token, parts, checksums.finish());
  const completeAgain = () => complete(job, progress.assetId, body);
  return { assetId: progress.assetId, token: progress.token, state: await completeAgain(), completeAgain };
};

/** Reads every part once, in order, as places get free; hands on those that S3 does not have yet. */
async function* readParts(
  { connection, content, signal }: UploadJob,
  progress: UploadProgress,
  checksums: ContentChecksums,
  sent: ReadonlyMap<number, UploadedPart>,
): AsyncIterable<ReadPart> {
  const count = Math.ceil(progress.bytes / progress.partBytes);
  for (let partNumber = 1; partNumber <= count; partNumber += 1) {
    const giveBack = await connection.places.take(signal);
    const start = (partNumber - 1) * progress.partBytes;
    const part = content.part(start, start + lengthOfPart(progress, partNumber));
    const release = (): void => {
      part.release();
      giveBack();
    };
    const earlier = sent.get(partNumber);
    let handedOn = false;
    try {
      const crc32 = await checksums.addPart(part, signal);
      if (earlier !== undefined && earlier.crc32 !== crc32) throw contentChanged();
      handedOn = earlier === undefined;
      if (handedOn) yield { partNumber, crc32, part, release };
    } finally {
      if (!handedOn) release();
    }
  }
}

const lengthOfPart = ({ bytes, partBytes }: UploadProgress, partNumber: number): number =>
  Math.min(partBytes, bytes - (partNumber - 1) * partBytes);

/** Saves one state after the other, the newest last, and none twice while one is being written. */
const progressSaver = (job: UploadJob, progress: UploadProgress, parts: Parts): (() => Promise<void>) => {
  let last: Promise<void> = Promise.resolve();
  let waiting = false;
  return () => {
    if (waiting) return last;
    waiting = true;
    last = last.then(() => {
      waiting = false;
      return job.progress.save({ ...progress, parts: [...parts.values()] });
    });
    return last;
  };
};

const completion = (token: string, parts: Parts, sums: { crc32: number; sha256: string }): CompleteUpload => ({
  token,
  parts: [...parts.values()]
    .sort((a, b) => a.partNumber - b.partNumber)
    .map(({ partNumber, etag, crc32 }) => ({ partNumber, etag, crc32: crc32Base64(crc32) })),
  crc32: crc32Base64(sums.crc32),
  sha256: sums.sha256,
});

const complete = async (
  { connection, signal }: UploadJob,
  assetId: string,
  body: CompleteUpload,
): Promise<UploadState> => {
  const { value } = await callApi(connection, {
    method: 'POST',
    path: `/uploads/${assetId}/complete`,
    body,
    answer: UploadStateSchema,
    attempts: uploadAttempts,
    signal,
  });
  return value;
};
