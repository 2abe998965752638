import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandInput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { GiB, MiB } from '../../core/bytes.ts';
import type { ContentCrc } from '../../core/content-crc.ts';
import { copySource, type PinnedVersion } from './copy-source.ts';
import { ReportableError } from './error-fields.ts';
import { mapInParallel } from './map-in-parallel.ts';

/** What one CopyObject can carry. */
export const mostCopiedAtOnce = GiB(5);

const minPartBytes = MiB(512);
const maxParts = 10_000;
/** Parts that S3 copies at the same time. */
const partsInFlight = 16;

/** What a new version says of itself: a copy in parts takes nothing of it from its source. */
export type Attributes = Pick<
  CreateMultipartUploadCommandInput,
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Metadata'
  | 'StorageClass'
  | 'Tagging'
>;

/** A version that is to become one under another key or in another bucket, whatever its size. */
export interface PartedCopy {
  readonly source: PinnedVersion & { readonly bucket: string };
  readonly target: { readonly bucket: string; readonly key: string };
  readonly bytes: number;
  readonly attributes: Attributes;
  /** The checksum of the whole; S3 refuses to put anything else together. Without a value it computes one. */
  readonly crc: Pick<ContentCrc, 'algorithm'> & Partial<ContentCrc>;
  /** Whether the key has to be free. @default false */
  readonly mustBeNew?: boolean;
  /** The least that a part but the last has. @default 512 MiB */
  readonly partBytes?: number | undefined;
}

/** First and last byte of each part, both included. */
export const partRanges = (
  bytes: number,
  leastBytes = minPartBytes,
): readonly { readonly first: number; readonly last: number }[] => {
  const size = Math.max(leastBytes, Math.ceil(bytes / maxParts));
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    first: index * size,
    last: Math.min((index + 1) * size, bytes) - 1,
  }));
};

/**
 * Has S3 copy a version part by part and answers the id of the new one. Nothing of it stays where that fails; what the abort
 * itself leaves behind, the bucket's lifecycle removes within a day. Throws what S3 throws.
 */
export const copyInParts = async (s3: S3Client, copy: PartedCopy): Promise<string | undefined> => {
  const target = { Bucket: copy.target.bucket, Key: copy.target.key };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...target,
      ...copy.attributes,
      ChecksumAlgorithm: copy.crc.algorithm,
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  if (UploadId === undefined) throw new ReportableError('S3 began a multipart upload without naming it.');
  const upload = { ...target, UploadId };
  try {
    return await complete(s3, upload, copy, await copyParts(s3, upload, copy));
  } catch (error) {
    await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
};

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

/** A part that arrives after the abort would stay, so what has begun is awaited even when another one has failed. */
const copyParts = async (
  s3: S3Client,
  upload: Upload,
  { source, bytes, partBytes }: PartedCopy,
): Promise<readonly CompletedPart[]> => {
  const CopySource = copySource(source.bucket, source);
  return mapInParallel([...partRanges(bytes, partBytes).entries()], partsInFlight, async ([index, { first, last }]) => {
    const part = { ...upload, PartNumber: index + 1, CopySource, CopySourceRange: `bytes=${first}-${last}` };
    const { CopyPartResult } = await s3.send(new UploadPartCopyCommand(part));
    const { LastModified: _, ...result } = CopyPartResult ?? {};
    return { ...result, PartNumber: part.PartNumber };
  });
};

const complete = async (
  s3: S3Client,
  upload: Upload,
  { bytes, crc, mustBeNew = false }: PartedCopy,
  parts: readonly CompletedPart[],
): Promise<string | undefined> => {
  const { VersionId } = await s3.send(
    new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts: [...parts] },
      MpuObjectSize: bytes,
      ChecksumType: 'FULL_OBJECT',
      ...(mustBeNew && { IfNoneMatch: '*' }),
      ...(crc.value !== undefined && { [`Checksum${crc.algorithm}`]: crc.value }),
    }),
  );
  return VersionId;
};
