import { isoTime } from '../../../core/time.ts';
import { keyEncoding } from '../listing/key-encoding.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { ownerXml } from '../protocol/owner.ts';
import { pageSize } from '../protocol/page-size.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { Upload, UploadMarker } from '../store/uploads.ts';

interface Page {
  readonly uploads: Upload[];
  readonly prefixes: string[];
  next: UploadMarker;
  truncated: boolean;
}

const batchSize = 1000;
/** Sorts after every upload id. */
const afterAllIds = '\u{10ffff}';

/** `GET /{bucket}?uploads` */
export const listUploads = (operation: BucketOperation): void => {
  const { core, request, response, bucket } = operation;
  requirePermission(core, request, bucket, { action: 's3:ListBucketMultipartUploads' });
  const { query } = request;
  const encode = keyEncoding(request);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') || undefined;
  const limit = pageSize(request, 'max-uploads');
  const keyMarker = query.get('key-marker') ?? '';
  const idMarker = query.get('upload-id-marker') ?? '';
  const start = { key: keyMarker, id: keyMarker === '' ? '' : idMarker || afterAllIds };
  const page = collect(operation, { prefix, delimiter, limit, start });
  sendXml(
    response,
    xmlDocument(
      'ListMultipartUploadsResult',
      textElement('Bucket', bucket.name),
      textElement('KeyMarker', encode(keyMarker)),
      textElement('UploadIdMarker', idMarker),
      textElement('NextKeyMarker', page.truncated ? encode(page.next.key) : undefined),
      textElement('NextUploadIdMarker', page.truncated && page.next.id !== afterAllIds ? page.next.id : undefined),
      textElement('Prefix', encode(prefix)),
      textElement('Delimiter', delimiter === undefined ? undefined : encode(delimiter)),
      textElement('MaxUploads', limit),
      textElement('EncodingType', query.get('encoding-type')),
      textElement('IsTruncated', page.truncated),
      ...page.uploads.map((upload) => uploadXml(upload, core.ownerId, encode)),
      ...page.prefixes.map((common) => element('CommonPrefixes', textElement('Prefix', encode(common)))),
    ),
  );
};

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly limit: number;
  readonly start: UploadMarker;
}

const collect = ({ core, bucket }: BucketOperation, { prefix, delimiter, limit, start }: Wanted): Page => {
  const page: Page = { uploads: [], prefixes: [], next: start, truncated: false };
  let position = start;
  for (;;) {
    const batch = core.uploads.list(bucket.id, position, batchSize);
    for (const upload of batch) {
      position = upload;
      if (!upload.key.startsWith(prefix)) continue;
      const cut = delimiter === undefined ? -1 : upload.key.indexOf(delimiter, prefix.length);
      const common = delimiter === undefined || cut === -1 ? undefined : upload.key.slice(0, cut + delimiter.length);
      if (common !== undefined && (common === page.prefixes.at(-1) || common === start.key)) continue;
      if (page.uploads.length + page.prefixes.length >= limit) {
        page.truncated = limit > 0;
        return page;
      }
      if (common === undefined) page.uploads.push(upload);
      else page.prefixes.push(common);
      page.next = common === undefined ? { key: upload.key, id: upload.id } : { key: common, id: afterAllIds };
    }
    if (batch.length < batchSize) return page;
  }
};

const uploadXml = (upload: Upload, ownerId: string, encode: (key: string) => string): string =>
  element(
    'Upload',
    textElement('Key', encode(upload.key)),
    textElement('UploadId', upload.id),
    element('Initiator', textElement('ID', upload.detail.initiator)),
    ownerXml('Owner', ownerId),
    textElement('StorageClass', upload.detail.object.storageClass),
    textElement('Initiated', isoTime(upload.initiated)),
    textElement('ChecksumAlgorithm', upload.detail.checksumDeclared ? upload.detail.checksumAlgorithm : undefined),
    textElement('ChecksumType', upload.detail.checksumDeclared ? upload.detail.checksumType : undefined),
  );
