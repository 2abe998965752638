import { MiB } from '../../../core/bytes.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { ChecksumAlgorithm } from '../checksums/algorithm.ts';
import { checksumAlgorithms } from '../checksums/algorithm.ts';
import { invalidRequest } from '../protocol/errors.ts';
import type { XmlElement } from '../protocol/xml.ts';
import { childText, malformedXml, requireShape } from '../protocol/xml-parser.ts';
import type { Upload, UploadedPart } from '../store/uploads.ts';
import { maxPartNumber } from './find-upload.ts';

/** A part as Complete names it. */
export interface ListedPart {
  readonly number: number;
  readonly etag: string;
  readonly checksums: ReadonlyMap<ChecksumAlgorithm, string>;
}

const minPartBytes = MiB(5);
const checksumNames = checksumAlgorithms.map((algorithm) => `Checksum${algorithm}`);

/** Reads the body of Complete; the parts must be in ascending order. */
export const parsePartList = (root: XmlElement): readonly ListedPart[] => {
  requireShape(root, 'CompleteMultipartUpload', ['Part']);
  if (root.children.length === 0 || root.children.length > maxPartNumber) throw malformedXml();
  const parts = root.children.map(parsePart);
  const ordered = parts.every((part, index) => index === 0 || (parts[index - 1]?.number ?? 0) < part.number);
  if (ordered) return parts;
  throw new AwsError(
    'InvalidPartOrder',
    400,
    'The list of parts was not in ascending order. Parts must be ordered by part number.',
  );
};

/** The uploaded parts that a list names: each must be there, be the one that is meant, and be large enough. */
export const requireParts = (
  upload: Upload,
  listed: readonly ListedPart[],
  uploaded: ReadonlyMap<number, UploadedPart>,
): readonly UploadedPart[] =>
  listed.map((entry, index) => {
    const part = uploaded.get(entry.number);
    if (part === undefined || part.etag !== entry.etag) throw invalidPart(upload, entry);
    requirePartChecksum(upload, entry, part);
    if (index < listed.length - 1 && part.size < minPartBytes) throw tooSmall(part);
    return part;
  });

const parsePart = (part: XmlElement): ListedPart => {
  requireShape(part, 'Part', ['PartNumber', 'ETag', ...checksumNames]);
  const number = childText(part, 'PartNumber') ?? '';
  const etag = childText(part, 'ETag');
  if (!/^\d{1,5}$/.test(number) || etag === undefined) throw malformedXml();
  const checksums = new Map<ChecksumAlgorithm, string>();
  for (const algorithm of checksumAlgorithms) {
    const value = childText(part, `Checksum${algorithm}`);
    if (value !== undefined) checksums.set(algorithm, value);
  }
  return { number: Number(number), etag: etag.replace(/^"(.*)"$/, '$1'), checksums };
};

const requirePartChecksum = ({ id, detail }: Upload, entry: ListedPart, part: UploadedPart): void => {
  const { checksumAlgorithm, checksumDeclared, checksumType } = detail;
  const given = entry.checksums.get(checksumAlgorithm);
  if (given === undefined && checksumDeclared && checksumType === 'COMPOSITE') {
    throw invalidRequest(
      `The upload was created using a ${checksumAlgorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${entry.number} in the request.`,
    );
  }
  if (given !== undefined && given !== part.detail.checksum) throw invalidPart({ id }, entry);
};

const invalidPart = ({ id }: Pick<Upload, 'id'>, { number, etag }: ListedPart): AwsError =>
  new AwsError(
    'InvalidPart',
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: id, PartNumber: String(number), ETag: etag },
  );

const tooSmall = ({ number, size, etag }: UploadedPart): AwsError =>
  new AwsError('EntityTooSmall', 400, 'Your proposed upload is smaller than the minimum allowed size', {
    ProposedSize: String(size),
    MinSizeAllowed: String(minPartBytes),
    PartNumber: String(number),
    ETag: etag,
  });
