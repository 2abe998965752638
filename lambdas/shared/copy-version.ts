import {
  CopyObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  type StorageClass,
} from '@aws-sdk/client-s3';
import type { ContentCrc } from '../../core/content-crc.ts';
import { type Attributes, copyInParts, mostCopiedAtOnce } from './copy-in-parts.ts';
import { copySource, type PinnedVersion } from './copy-source.ts';
import { ReportableError } from './error-fields.ts';
import { wholeCrc } from './whole-checksums.ts';

/** A bucket with the client of its region. */
export interface Side {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** A version in its bucket. */
export interface VersionOnSide extends PinnedVersion {
  readonly side: Side;
}

/** From where on a copy is made in parts, and of how many bytes. */
export interface CopyLimits {
  readonly atOnceBytes: number;
  readonly partBytes: number;
}

/** What is to be different from the source. */
export interface CopyChanges {
  /** @default STANDARD */
  readonly storageClass?: string | undefined;
  /** Tags in the form of a query; the source's are dropped. @default the source's */
  readonly tagging?: string | undefined;
  /** What a copy in parts has to make. @default what S3 keeps of the source */
  readonly crc?: ContentCrc | undefined;
  /** @default what S3 asks for */
  readonly limits?: CopyLimits | undefined;
}

/**
 * Copies a version under its own key into another bucket or over what lies there, and answers the new version's id. S3 moves
 * the bytes itself, from region to region too, with what the object says of itself and under the key of the bucket it goes
 * to; it digests them on the way, past 5 GiB with the kind of checksum that the source has. Throws what S3 throws.
 */
export const copyVersion = async (to: Side, source: VersionOnSide, changes: CopyChanges = {}): Promise<string> => {
  const { side, key, versionId } = source;
  const head = await side.s3.send(
    new HeadObjectCommand({ Bucket: side.bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' }),
  );
  const isLarge = (head.ContentLength ?? 0) > (changes.limits?.atOnceBytes ?? mostCopiedAtOnce);
  const copied = await (isLarge ? inParts(to, source, head, changes) : atOnce(to, source, changes));
  if (copied === undefined) throw new ReportableError('S3 answered a copy without a version.');
  return copied;
};

const atOnce = async (
  { s3, bucket }: Side,
  { side, key, versionId }: VersionOnSide,
  { storageClass, tagging }: CopyChanges,
): Promise<string | undefined> => {
  const { VersionId } = await s3.send(
    new CopyObjectCommand({
      Bucket: bucket,
      Key: key,
      CopySource: copySource(side.bucket, { key, versionId }),
      ChecksumAlgorithm: 'SHA256',
      ...(storageClass !== undefined && { StorageClass: storageClass as StorageClass }),
      ...(tagging !== undefined && { TaggingDirective: 'REPLACE', Tagging: tagging }),
    }),
  );
  return VersionId;
};

const inParts = async (
  { s3, bucket }: Side,
  source: VersionOnSide,
  head: HeadObjectCommandOutput,
  { storageClass, tagging, crc, limits }: CopyChanges,
): Promise<string | undefined> =>
  copyInParts(s3, {
    source: { bucket: source.side.bucket, key: source.key, versionId: source.versionId },
    target: { bucket, key: source.key },
    bytes: head.ContentLength ?? 0,
    attributes: {
      ...attributesOf(head),
      ...(storageClass !== undefined && { StorageClass: storageClass as StorageClass }),
      Tagging: tagging ?? (await tagsOf(source)),
    },
    crc: crc ?? wholeCrc(head) ?? { algorithm: 'CRC64NVME' },
    partBytes: limits?.partBytes,
  });

const attributesOf = (head: HeadObjectCommandOutput): Attributes => {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata } = head;
  return { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Metadata };
};

/** Undefined where it has none, which is what S3 wants to hear of none. */
const tagsOf = async ({ side, key, versionId }: VersionOnSide): Promise<string | undefined> => {
  const { TagSet = [] } = await side.s3.send(
    new GetObjectTaggingCommand({ Bucket: side.bucket, Key: key, VersionId: versionId }),
  );
  if (TagSet.length === 0) return undefined;
  return new URLSearchParams(TagSet.map(({ Key = '', Value = '' }) => [Key, Value])).toString();
};
