import { crc32 } from 'node:zlib';
import type { CreateMultipartUploadCommandInput } from '@aws-sdk/client-s3';
import { CompleteMultipartUploadCommand, CreateMultipartUploadCommand, UploadPartCommand } from '@aws-sdk/client-s3';
import type { S3Server } from './s3-server.ts';

/** The smallest part that is not the last. */
export const first = Buffer.alloc(5 * 1024 ** 2, 'first');
export const second = Buffer.alloc(1000, 'second');

/** The name of the error that a call ends in; `nothing` where it succeeds. */
export const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );
/** CRC-32 as S3 writes it. */
export const base64Crc32 = (bytes: Buffer): string => {
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value.toString('base64');
};

/** Uploads in parts to one bucket. */
export const uploadsTo = (server: () => S3Server, Bucket: string) => {
  const begin = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}): Promise<string> => {
    const { UploadId } = await server().client.send(
      new CreateMultipartUploadCommand({
        Bucket,
        Key,
        ChecksumAlgorithm: 'CRC32',
        ChecksumType: 'FULL_OBJECT',
        ...more,
      }),
    );
    if (UploadId === undefined) throw new Error('There is no upload id.');
    return UploadId;
  };
  const part = (Key: string, UploadId: string, PartNumber: number, Body: Buffer, more = {}) =>
    server().client.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body, ...more }));
  const complete = (
    Key: string,
    UploadId: string,
    parts: readonly { PartNumber: number; ETag: string | undefined }[],
    more = {},
  ) =>
    server().client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts: [...parts] }, ...more }),
    );
  /** Two parts that are there, of an upload that is not yet complete. */
  const twoParts = async (Key: string, more: Partial<CreateMultipartUploadCommandInput> = {}) => {
    const UploadId = await begin(Key, more);
    const one = await part(Key, UploadId, 1, first);
    const two = await part(Key, UploadId, 2, second);
    return {
      UploadId,
      parts: [
        { PartNumber: 1, ETag: one.ETag },
        { PartNumber: 2, ETag: two.ETag },
      ],
    };
  };
  return { begin, part, complete, twoParts };
};
