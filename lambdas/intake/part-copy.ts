import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { MiB } from '../../core/bytes.ts';
import type { ContentCrc } from '../../core/content-crc.ts';
import { factsMetadataName } from '../../core/facts.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { isPreconditionFailed } from '../shared/s3-client.ts';
import { copySource, orGone } from './landing-bucket.ts';
import type { PartedPromotion } from './ports.ts';
import type { VaultBuckets } from './vault-bucket.ts';

const minPartBytes = MiB(512);
const maxParts = 10_000;
/** Parts that S3 copies at the same time. */
const partsInFlight = 16;

/** First and last byte of each part, both included. */
export const partRanges = (bytes: number): readonly { readonly first: number; readonly last: number }[] => {
  const size = Math.max(minPartBytes, Math.ceil(bytes / maxParts));
  return Array.from({ length: Math.ceil(bytes / size) }, (_, index) => ({
    first: index * size,
    last: Math.min((index + 1) * size, bytes) - 1,
  }));
};

/** Copies a content past 5 GiB; S3 puts it together only if the checksum of the whole is the one that landing keeps. */
export const copyInParts = async (
  s3: S3Client,
  buckets: VaultBuckets,
  promotion: PartedPromotion,
): Promise<'copied' | 'occupied'> => {
  const target = { Bucket: buckets.vault, Key: promotion.key };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...target,
      ContentType: promotion.contentType,
      Metadata: { [factsMetadataName]: promotion.facts },
      ChecksumAlgorithm: promotion.crc.algorithm,
      ChecksumType: 'FULL_OBJECT',
    }),
  );
  if (UploadId === undefined) throw new ReportableError('S3 began a multipart upload without naming it.');
  const upload = { ...target, UploadId };
  try {
    await complete(s3, upload, promotion, await copyParts(s3, buckets.landing, upload, promotion));
    return 'copied';
  } catch (error) {
    await abandon(s3, upload);
    if (isPreconditionFailed(error)) return 'occupied';
    throw error;
  }
};

/** Frees the parts at once. What a failure here leaves behind, the vault's lifecycle aborts within a day. */
const abandon = async (s3: S3Client, upload: Upload): Promise<void> => {
  await s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
};

interface Upload {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
}

const copyParts = async (
  s3: S3Client,
  landing: string,
  upload: Upload,
  { source, bytes }: PartedPromotion,
): Promise<CompletedPart[]> => {
  const waiting = partRanges(bytes).map(({ first, last }, index) => ({ first, last, PartNumber: index + 1 }));
  const done: CompletedPart[] = [];
  const errors: unknown[] = [];
  const copyNext = async (): Promise<void> => {
    for (let part = waiting.shift(); part !== undefined && errors.length === 0; part = waiting.shift()) {
      const { first, last, PartNumber } = part;
      const range = { CopySource: copySource(landing, source), CopySourceRange: `bytes=${first}-${last}` };
      const answer = await orGone(s3.send(new UploadPartCopyCommand({ ...upload, ...range, PartNumber })));
      const { LastModified: _, ...result } = answer.CopyPartResult ?? {};
      done.push({ ...result, PartNumber });
    }
  };
  // A part that arrives after the abort would stay, so what has begun is awaited even when another one has failed.
  const lane = (): Promise<unknown> => copyNext().catch((error: unknown) => errors.push(error));
  await Promise.all(Array.from({ length: partsInFlight }, lane));
  if (errors.length > 0) throw errors[0];
  return done.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
};

const complete = async (
  s3: S3Client,
  upload: Upload,
  { bytes, crc }: PartedPromotion,
  Parts: CompletedPart[],
): Promise<void> => {
  await s3.send(
    new CompleteMultipartUploadCommand({
      ...upload,
      MultipartUpload: { Parts },
      IfNoneMatch: '*',
      MpuObjectSize: bytes,
      ChecksumType: 'FULL_OBJECT',
      ...checksum(crc),
    }),
  );
};

const checksum = ({ algorithm, value }: ContentCrc): Partial<Record<`Checksum${ContentCrc['algorithm']}`, string>> => ({
  [`Checksum${algorithm}`]: value,
});
