import { hash } from 'node:crypto';
import type { ChecksumAlgorithm } from '../checksums/algorithm.ts';
import { requestedChecksum } from '../checksums/requested-checksum.ts';
import { encryptionHeaders, requireKey, tagIsMd5 } from '../objects/encryption.ts';
import { requirePermission } from '../objects/permission.ts';
import { maxSinglePutBytes, opaqueTag } from '../objects/put-object.ts';
import { receiveContent } from '../objects/receive-content.ts';
import { checksumHeaders } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidRequest, noSuchUpload } from '../protocol/errors.ts';
import { sendEmpty } from '../protocol/respond.ts';
import type { Upload, UploadDetail, UploadedPart } from '../store/uploads.ts';
import { findOpenUpload, partNumberOf } from './find-upload.ts';

/** `PUT /{bucket}/{key}?partNumber=…&uploadId=…` */
export const uploadPart = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response } = operation;
  const number = partNumberOf(operation);
  const upload = openUploadForPart(operation);
  const { detail } = upload;
  requireDeclaredAlgorithm(detail, requestedChecksum(request.headers)?.algorithm);
  const md5 = tagIsMd5(detail.object.encryption);
  const content = await receiveContent(core.blobs, request, {
    maxBytes: maxSinglePutBytes,
    md5,
    fallback: detail.checksumAlgorithm,
    always: detail.checksumAlgorithm,
  });
  const etag = md5 && content.md5 !== undefined ? content.md5 : opaqueTag(core);
  const checksum = content.checksums[detail.checksumAlgorithm] ?? '';
  storePart(operation, upload, {
    number,
    size: content.size,
    etag,
    modified: core.clock.now(),
    detail: { segments: content.segments, checksum },
  });
  sendEmpty(response, 200, {
    etag: `"${etag}"`,
    ...encryptionHeaders(detail.object.encryption),
    ...checksumHeaders(content.checksum),
    'x-amz-checksum-type': undefined,
  });
};

/** The upload of a part, once the caller may write to it. */
export const openUploadForPart = (operation: ObjectOperation): Upload => {
  const { core, request, bucket, key } = operation;
  const context = { 's3:ObjectCreationOperation': 'false' };
  requirePermission(core, request, bucket, { action: 's3:PutObject', key, context });
  const upload = findOpenUpload(operation);
  requireKey(core, request, bucket, { key, encryption: upload.detail.object.encryption, action: 'Decrypt' });
  return upload;
};

/** Keeps a part; the one of the same number before it goes. The upload may have ended while the part was on its way. */
export const storePart = ({ core }: ObjectOperation, { id }: Upload, part: UploadedPart): void => {
  try {
    core.change(() => {
      const upload = core.uploads.find(id);
      if (upload === undefined || upload.completedAt !== undefined) throw noSuchUpload(id);
      const replaced = core.uploads.part(id, part.number);
      if (replaced !== undefined) core.garbage.add(replaced.detail.segments);
      core.uploads.putPart(id, part);
    });
  } catch (error) {
    for (const [blob] of part.detail.segments) core.blobs.remove(blob);
    throw error;
  }
};

/** A part brings the kind of checksum that the upload declared; a composite one cannot do without. */
const requireDeclaredAlgorithm = (detail: UploadDetail, sent: ChecksumAlgorithm | undefined): void => {
  const { checksumAlgorithm, checksumDeclared, checksumType } = detail;
  if (!checksumDeclared || sent === checksumAlgorithm) return;
  if (sent === undefined && checksumType === 'FULL_OBJECT') return;
  throw invalidRequest(
    `Checksum Type mismatch occurred, expected checksum Type: ${checksumAlgorithm.toLowerCase()}, actual checksum Type: ${sent?.toLowerCase() ?? 'null'}`,
  );
};

/** The tag of an object in parts: the MD5 of their tags and how many there are. */
export const multipartTag = (etags: readonly string[]): string =>
  `${hash('md5', Buffer.from(etags.join(''), 'hex'))}-${etags.length}`;
