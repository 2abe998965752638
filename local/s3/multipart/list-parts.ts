import { isoTime } from '../../../core/time.ts';
import { requirePermission } from '../objects/permission.ts';
import type { ObjectOperation } from '../operation.ts';
import { ownerXml } from '../protocol/owner.ts';
import { pageSize } from '../protocol/page-size.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { Upload, UploadedPart } from '../store/uploads.ts';
import { findOpenUpload } from './find-upload.ts';

/** `GET /{bucket}/{key}?uploadId=…` */
export const listParts = (operation: ObjectOperation): void => {
  const { core, request, response, bucket, key } = operation;
  requirePermission(core, request, bucket, { action: 's3:ListMultipartUploadParts', key });
  const upload = findOpenUpload(operation);
  const limit = pageSize(request, 'max-parts');
  const marker = pageSize(request, 'part-number-marker', 0, Number.MAX_SAFE_INTEGER);
  const found = core.uploads.parts(upload.id, marker, limit + 1);
  const parts = found.slice(0, limit);
  const truncated = found.length > limit;
  const { detail } = upload;
  sendXml(
    response,
    xmlDocument(
      'ListPartsResult',
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('UploadId', upload.id),
      element('Initiator', textElement('ID', detail.initiator), textElement('DisplayName', detail.initiator)),
      ownerXml('Owner', core.ownerId),
      textElement('StorageClass', detail.object.storageClass),
      textElement('PartNumberMarker', marker),
      textElement('NextPartNumberMarker', parts.at(-1)?.number ?? marker),
      textElement('MaxParts', limit),
      textElement('IsTruncated', truncated),
      textElement('ChecksumAlgorithm', detail.checksumDeclared ? detail.checksumAlgorithm : undefined),
      textElement('ChecksumType', detail.checksumDeclared ? detail.checksumType : undefined),
      ...parts.map((part) => partXml(upload, part)),
    ),
  );
};

const partXml = ({ detail }: Upload, part: UploadedPart): string =>
  element(
    'Part',
    textElement('PartNumber', part.number),
    textElement('LastModified', isoTime(part.modified)),
    textElement('ETag', `"${part.etag}"`),
    textElement('Size', part.size),
    detail.checksumDeclared ? textElement(`Checksum${detail.checksumAlgorithm}`, part.detail.checksum) : '',
  );
