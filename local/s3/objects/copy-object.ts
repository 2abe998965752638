import { isoTime } from '../../../core/time.ts';
import type { Checksum, ChecksumAlgorithm } from '../checksums/algorithm.ts';
import { checksumHeader } from '../checksums/algorithm.ts';
import { checksumXml } from '../checksums/checksum-xml.ts';
import { namedAlgorithm } from '../checksums/requested-checksum.ts';
import type { S3Core } from '../core.ts';
import { requestActor } from '../events/announce.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidArgument, invalidRequest } from '../protocol/errors.ts';
import { header } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import { textElement, xmlDocument } from '../protocol/xml.ts';
import type { Segment } from '../store/blobs.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { commitContent } from './commit-object.ts';
import { requireWritable, writeConditions } from './conditions.ts';
import type { CopySource } from './copy-source.ts';
import { copySource } from './copy-source.ts';
import { encryptionHeaders, requireKey, tagIsMd5 } from './encryption.ts';
import { requirePermission } from './permission.ts';
import type { RequestedObject } from './put-object.ts';
import { maxSinglePutBytes, opaqueTag, requestedObject, requireWritePermissions } from './put-object.ts';
import { readDigests } from './read-digests.ts';
import { slicesOf } from './send-content.ts';
import { versionIdHeader } from './version-headers.ts';

/** `PUT /{bucket}/{key}` with `x-amz-copy-source`: the bytes stay where they are and get a second name. */
export const copyObject = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket, key } = operation;
  const source = copySource(operation);
  const requested = copiedObject(operation, source);
  const conditions = writeConditions(request);
  requireWritePermissions(operation, requested, { 's3:ObjectCreationOperation': 'true' });
  if (conditions.ifMatch !== undefined) requirePermission(core, request, bucket, { action: 's3:GetObject', key });
  requireKey(core, request, bucket, { key, encryption: requested.encryption, action: 'GenerateDataKey' });
  requireDifferent(operation, source, requested);
  requireWritable(conditions, key, core.versions.current(bucket.id, key));
  const algorithm = namedAlgorithm(request.headers, 'x-amz-checksum-algorithm');
  const release = core.garbage.hold();
  try {
    const { etag, checksum } = await copiedDigests(core, source.version, requested, algorithm);
    const segments = source.version.detail.segments.map(([blob, bytes]): Segment => [core.blobs.copy(blob), bytes]);
    const version = commitContent(core, {
      bucket,
      object: { key, size: source.version.size, etag, detail: { ...requested, segments, checksum } },
      conditions,
      event: 'ObjectCreated:Copy',
      actor: requestActor(request),
    });
    sendXml(response, copyResult('CopyObjectResult', version), {
      ...versionIdHeader(bucket, version),
      ...encryptionHeaders(version.detail.encryption),
      'x-amz-copy-source-version-id': versionIdHeader(source.bucket, source.version)['x-amz-version-id'],
    });
  } finally {
    release();
  }
};

/** The body of an answer to a copy. */
export const copyResult = (
  root: 'CopyObjectResult' | 'CopyPartResult',
  copy: { readonly etag: string; readonly modified: number; readonly detail: { readonly checksum?: Checksum } },
): string =>
  xmlDocument(
    root,
    textElement('ETag', `"${copy.etag}"`),
    textElement('LastModified', isoTime(copy.modified)),
    checksumXml(copy.detail.checksum),
  );

const copiedObject = (operation: ObjectOperation, source: CopySource): RequestedObject => {
  const { core, request, bucket, key } = operation;
  const requested = requestedObject(operation);
  const { headers, metadata, tags } = source.version.detail;
  const keepsMetadata = directive(operation, 'x-amz-metadata-directive') === 'COPY';
  const keepsTags = directive(operation, 'x-amz-tagging-directive') === 'COPY';
  if (keepsTags && Object.keys(tags).length > 0) {
    requirePermission(core, request, source.bucket, { action: 's3:GetObjectTagging', key: source.version.key });
    requirePermission(core, request, bucket, { action: 's3:PutObjectTagging', key });
  }
  return {
    ...requested,
    ...(keepsMetadata && { headers, metadata }),
    tags: keepsTags ? tags : requested.tags,
  };
};

const directive = ({ request }: ObjectOperation, name: string): 'COPY' | 'REPLACE' => {
  const value = header(request, name) ?? 'COPY';
  if (value === 'COPY' || value === 'REPLACE') return value;
  throw invalidArgument(`Unknown directive in ${name}: COPY and REPLACE are allowed.`, name, value);
};

const requireDifferent = (operation: ObjectOperation, source: CopySource, requested: RequestedObject): void => {
  const { bucket, key, request } = operation;
  if (source.version.size > maxSinglePutBytes) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${maxSinglePutBytes}`,
    );
  }
  if (source.pinned || source.bucket.id !== bucket.id || source.version.key !== key) return;
  const changes =
    directive(operation, 'x-amz-metadata-directive') === 'REPLACE' ||
    header(request, 'x-amz-server-side-encryption') !== undefined ||
    header(request, 'x-amz-website-redirect-location') !== undefined ||
    requested.storageClass !== source.version.detail.storageClass;
  if (changes) return;
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
};

/**
 * The tag and checksum of a copy. A full-object checksum of the wanted kind is taken over, because it was verified when the
 * source came in; anything else is computed from the content.
 */
const copiedDigests = async (
  core: S3Core,
  source: ObjectVersion,
  requested: RequestedObject,
  algorithm: ChecksumAlgorithm | undefined,
): Promise<{ etag: string; checksum: Checksum }> => {
  const known = source.detail.checksum;
  const wanted = algorithm ?? known?.algorithm ?? 'CRC64NVME';
  const reusable = known?.algorithm === wanted && known.type === 'FULL_OBJECT' ? known : undefined;
  const needsMd5 = tagIsMd5(requested.encryption);
  const knownMd5 =
    needsMd5 && tagIsMd5(source.detail.encryption) && !source.etag.includes('-') ? source.etag : undefined;
  const md5 = needsMd5 && knownMd5 === undefined;
  const slices = slicesOf(source.detail.segments, { start: 0, end: source.size - 1 });
  const algorithms = reusable === undefined ? [wanted] : [];
  const read = md5 || algorithms.length > 0 ? await readDigests(core, slices, { algorithms, md5 }) : undefined;
  const etag = needsMd5 ? (knownMd5 ?? read?.md5) : opaqueTag(core);
  const value = reusable?.value ?? read?.checksums[wanted];
  if (etag === undefined || value === undefined)
    throw new Error(`The digests of ${checksumHeader(wanted)} are missing.`);
  return { etag, checksum: { algorithm: wanted, value, type: 'FULL_OBJECT' } };
};
