import { withRetries } from './backoff.ts';
import { retryVerdict } from './connection.ts';
import type { ContentPart } from './content.ts';
import { crc32Base64 } from './crc32.ts';
import { ServiceError } from './errors.ts';
import type { PartUrls } from './part-urls.ts';
import type { StorageAnswer } from './transport.ts';
import { StorageError, sendToStorage } from './transport.ts';
import type { UploadJob } from './upload-options.ts';
import { uploadAttempts } from './upload-options.ts';

/** A part that was read for its checksum and is still at hand. */
export interface ReadPart {
  readonly partNumber: number;
  readonly crc32: number;
  readonly part: ContentPart;
  /** Gives its memory and its place back. */
  release(): void;
}

/** Sends one part, with a new URL where the old one has ended, and answers its ETag. */
export const sendPart = async (job: UploadJob, read: ReadPart, urls: PartUrls): Promise<string> => {
  const { connection, signal, meter } = job;
  const { partNumber, part } = read;
  const onSent = (bytes: number): void => meter.partSent(partNumber, bytes);
  const send = async (): Promise<string> => {
    const url = await urls.get(partNumber, signal);
    try {
      const request = { method: 'PUT', url, headers: {}, part, signal, onSent } as const;
      return etagOf(await sendToStorage(connection.transport, request), read);
    } catch (error) {
      if (isExpired(error)) urls.forget(partNumber);
      throw error;
    }
  };
  return await withRetries(send, {
    ...connection.backoff,
    attempts: uploadAttempts,
    signal,
    retryable: (error) => isExpired(error) || retryVerdict(error),
  });
};

const isExpired = (error: unknown): boolean => error instanceof StorageError && error.isExpired;

/** S3 tells the CRC-32 of what it received, where the answer's headers can be read: another one is damage on the way. */
const etagOf = (answer: StorageAnswer, { partNumber, crc32 }: ReadPart): string => {
  const received = answer.header('x-amz-checksum-crc32');
  if (received !== undefined && received !== crc32Base64(crc32)) {
    throw new ServiceError(`Part ${partNumber} arrived damaged.`, { code: 'storage', retryable: true });
  }
  const etag = answer.header('etag');
  if (etag !== undefined) return etag;
  throw new ServiceError(
    `Storage took part ${partNumber} without an ETag. In a browser, the bucket’s CORS rules must expose that header.`,
    { code: 'storage', retryable: false },
  );
};
