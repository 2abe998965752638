import { CompleteMultipartUploadCommand, type S3Client } from '@aws-sdk/client-s3';
import { type ErrorCode, MediakeepError } from '../../../core/error.ts';
import { isPreconditionFailed } from '../../shared/s3-client.ts';
import type { Completion, Landing } from '../ports.ts';

/** Puts the parts of an upload together, or says in our words why S3 does not. */
export const completeMultipart = async (
  client: S3Client,
  bucket: string,
  { key, uploadId, bytes, parts, crc32 }: Parameters<Landing['completeMultipart']>[0],
): Promise<Completion> => {
  try {
    await client.send(
      new CompleteMultipartUploadCommand({
        Bucket: bucket,
        Key: key,
        UploadId: uploadId,
        IfNoneMatch: '*',
        ChecksumCRC32: crc32,
        ChecksumType: 'FULL_OBJECT',
        MpuObjectSize: bytes,
        MultipartUpload: {
          Parts: parts.map(({ partNumber, etag, crc32: ChecksumCRC32 }) => ({
            PartNumber: partNumber,
            ETag: etag,
            ChecksumCRC32,
          })),
        },
      }),
    );
    return 'completed';
  } catch (error) {
    // The key was made for this upload alone: an object that is there already is the one that an earlier answer lost.
    if (isPreconditionFailed(error)) return 'completed';
    if (isUnknownUpload(error)) return 'unknown-upload';
    throw inOurWords(error);
  }
};

/** True where S3 knows no such upload: it was completed, aborted or dropped. */
export const isUnknownUpload = (error: unknown): boolean => error instanceof Error && error.name === 'NoSuchUpload';

const refusals: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  InvalidPart: [
    'unprocessable',
    'A part is missing, or its ETag or CRC32 is not the one that S3 has; send that part again.',
  ],
  InvalidPartOrder: ['unprocessable', 'The parts are not in order; list them from 1 up.'],
  EntityTooSmall: ['unprocessable', 'A part other than the last is smaller than it was signed for; send it again.'],
  BadDigest: [
    'unprocessable',
    'The CRC32 of the whole is not the one of the parts; a part was damaged, or `crc32` is wrong.',
  ],
  InvalidRequest: ['unprocessable', 'The parts together do not have the length or the CRC32 that was announced.'],
  ConditionalRequestConflict: ['conflict', 'Another completion of this upload is at work; ask for its state.'],
};

const inOurWords = (error: unknown): unknown => {
  const [code, message] = (error instanceof Error ? refusals[error.name] : undefined) ?? [];
  return code === undefined || message === undefined ? error : new MediakeepError(code, message, { cause: error });
};

/** S3 goes on with a completion whether or not somebody waits for it. */
export const withinPatience = async (patienceMs: number, completion: Promise<Completion>): Promise<Completion> => {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<Completion>((resolve) => {
    timer = setTimeout(() => resolve('running'), patienceMs);
  });
  try {
    return await Promise.race([completion, patience]);
  } finally {
    clearTimeout(timer);
    // Past the patience nobody reads the outcome; the state of the upload tells it.
    completion.catch(() => undefined);
  }
};
