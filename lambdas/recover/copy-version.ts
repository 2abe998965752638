import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { archiveTagName } from '../../core/archive/archive-class.ts';
import { GiB, MiB } from '../../core/bytes.ts';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { ReportableError } from '../shared/error-fields.ts';
import type { Copy } from './ports.ts';

/** A bucket with the client of its region. */
export interface Side {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** Which version to copy. */
export interface CopySource {
  readonly side: Side;
  readonly key: string;
  readonly versionId: string;
  /** The archive class to which the copy goes again once it has reached the second region. @default it keeps its tags */
  readonly archiveTo?: string | undefined;
}

/** More than this S3 copies in parts only. */
const mostAtOnce = GiB(5);
const partBytes = MiB(512);
/** What S3 answers to a read and to a copy of an archived version. */
const archived = ['InvalidObjectState', 'ObjectNotInActiveTierError'];

/**
 * Copies a version into the vault under its own key; S3 moves the bytes itself, with what the object says of itself, and
 * digests them on the way. An archived version has to be restored first. The copy lies in STANDARD, because S3 replicates
 * nothing that is put into the archive; its tag sends it there.
 */
export const copyVersion = async (vault: Side, source: CopySource): Promise<Copy> => {
  const { side, key, versionId } = source;
  try {
    const head = await side.s3.send(
      new HeadObjectCommand({ Bucket: side.bucket, Key: key, VersionId: versionId, ChecksumMode: 'ENABLED' }),
    );
    const copied =
      (head.ContentLength ?? 0) > mostAtOnce ? copyInParts(vault, source, head) : copyAtOnce(vault, source);
    return { versionId: await copied };
  } catch (error) {
    const failure = awsFailure(error);
    if (archived.includes(failure?.name ?? '')) return 'archived';
    if (failure?.status === 404 || failure?.status === 405) return 'absent';
    throw error instanceof ReportableError ? error : namedFailure(error, 'CopyObject');
  }
};

const sourceOf = ({ side, key, versionId }: CopySource): string =>
  `${side.bucket}/${encodeURIComponent(key)}?versionId=${encodeURIComponent(versionId)}`;

const copyAtOnce = async (vault: Side, source: CopySource): Promise<string> => {
  const { VersionId } = await vault.s3.send(
    new CopyObjectCommand({
      Bucket: vault.bucket,
      Key: source.key,
      CopySource: sourceOf(source),
      ChecksumAlgorithm: 'SHA256',
      ...(source.archiveTo !== undefined && { TaggingDirective: 'REPLACE', ...archiveTag(source.archiveTo) }),
    }),
  );
  return idOf(VersionId);
};

const archiveTag = (storageClass: string): { readonly Tagging: string } => ({
  Tagging: new URLSearchParams({ [archiveTagName]: storageClass }).toString(),
});

const copyInParts = async (vault: Side, source: CopySource, head: HeadObjectCommandOutput): Promise<string> => {
  const target = { Bucket: vault.bucket, Key: source.key };
  const { UploadId } = await vault.s3.send(
    new CreateMultipartUploadCommand({
      ...target,
      ContentType: head.ContentType,
      Metadata: head.Metadata,
      ChecksumAlgorithm: 'CRC64NVME',
      ChecksumType: 'FULL_OBJECT',
      ...(source.archiveTo !== undefined && archiveTag(source.archiveTo)),
    }),
  );
  const upload = { ...target, UploadId };
  try {
    const Parts: CompletedPart[] = [];
    for (const [index, CopySourceRange] of rangesOf(head.ContentLength ?? 0).entries()) {
      const PartNumber = index + 1;
      const part = { ...upload, PartNumber, CopySource: sourceOf(source), CopySourceRange };
      const { CopyPartResult } = await vault.s3.send(new UploadPartCopyCommand(part));
      Parts.push({ PartNumber, ETag: CopyPartResult?.ETag, ChecksumCRC64NVME: CopyPartResult?.ChecksumCRC64NVME });
    }
    const { VersionId } = await vault.s3.send(
      new CompleteMultipartUploadCommand({
        ...upload,
        MultipartUpload: { Parts },
        ChecksumType: 'FULL_OBJECT',
        // S3 refuses a whole that is not what the source was.
        ...(head.ChecksumCRC64NVME !== undefined && { ChecksumCRC64NVME: head.ChecksumCRC64NVME }),
      }),
    );
    return idOf(VersionId);
  } catch (error) {
    // What is left is ended by the vault's lifecycle within a day, should this fail too.
    await vault.s3.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
};

const rangesOf = (bytes: number): string[] =>
  Array.from({ length: Math.ceil(bytes / partBytes) }, (_, index) => {
    const first = index * partBytes;
    return `bytes=${first}-${Math.min(first + partBytes, bytes) - 1}`;
  });

const idOf = (versionId: string | undefined): string => {
  if (versionId === undefined) throw new ReportableError('The vault answered a copy without a version.');
  return versionId;
};
