import type { Checksum } from '../checksums/algorithm.ts';
import { checksumAlgorithms, checksumHeader, combineChecksums } from '../checksums/algorithm.ts';
import { checksumXml } from '../checksums/checksum-xml.ts';
import { badChecksum } from '../checksums/requested-checksum.ts';
import { requestActor } from '../events/announce.ts';
import { commitObject } from '../objects/commit-object.ts';
import type { WriteConditions } from '../objects/conditions.ts';
import { writeConditions } from '../objects/conditions.ts';
import { encryptionHeaders, requireKey, tagIsMd5 } from '../objects/encryption.ts';
import { requirePermission } from '../objects/permission.ts';
import { opaqueTag } from '../objects/put-object.ts';
import { versionIdHeader } from '../objects/version-headers.ts';
import type { ObjectOperation } from '../operation.ts';
import { invalidRequest, noSuchUpload } from '../protocol/errors.ts';
import { readBodyXml } from '../protocol/read-xml.ts';
import { header } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import { textElement, xmlDocument } from '../protocol/xml.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Upload, UploadedPart } from '../store/uploads.ts';
import { findUpload, maxPartNumber } from './find-upload.ts';
import type { ListedPart } from './part-list.ts';
import { parsePartList, requireParts } from './part-list.ts';
import { multipartTag } from './upload-part.ts';

/** `POST /{bucket}/{key}?uploadId=…`: the files of the parts become those of the object. */
export const completeUpload = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, bucket, key } = operation;
  const context = { 's3:ObjectCreationOperation': 'true' };
  requirePermission(core, request, bucket, { action: 's3:PutObject', key, context });
  const conditions = writeConditions(request);
  if (conditions.ifMatch !== undefined) requirePermission(core, request, bucket, { action: 's3:GetObject', key });
  findUpload(operation);
  const listed = parsePartList(await readBodyXml(request));
  const upload = findUpload(operation);
  const { object, checksumDeclared } = upload.detail;
  if (checksumDeclared) requireKey(core, request, bucket, { key, encryption: object.encryption, action: 'Decrypt' });
  const fingerprint = listed.map(({ number, etag }) => `${number}:${etag}`).join(',');
  if (upload.completedAt !== undefined) {
    answer(operation, repeated(operation, upload, fingerprint));
    return;
  }
  answer(operation, assemble(operation, { upload, listed, fingerprint, conditions }));
};

interface Assembly {
  readonly upload: Upload;
  readonly listed: readonly ListedPart[];
  readonly fingerprint: string;
  readonly conditions: WriteConditions;
}

const assemble = (operation: ObjectOperation, { upload, listed, fingerprint, conditions }: Assembly): ObjectVersion => {
  const { core, request, bucket, key } = operation;
  const { object } = upload.detail;
  const uploaded = new Map(core.uploads.parts(upload.id, 0, maxPartNumber).map((part) => [part.number, part]));
  const parts = requireParts(upload, listed, uploaded);
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const checksum = wholeChecksum(upload, parts);
  requireAnnounced(operation, { checksum, size });
  const etag = tagIsMd5(object.encryption)
    ? multipartTag(parts.map((part) => part.etag))
    : `${opaqueTag(core)}-${parts.length}`;
  const segments = parts.flatMap(({ detail }) => detail.segments);
  const detail = { ...object, segments, parts: objectParts(upload, listed, parts), checksum };
  const event = 'ObjectCreated:CompleteMultipartUpload';
  return commitObject(
    core,
    { bucket, object: { key, size, etag, detail }, conditions, event, actor: requestActor(request) },
    (version) => finishUpload(operation, upload, { version, fingerprint, parts, uploaded }),
  );
};

interface Finished {
  readonly version: ObjectVersion;
  readonly fingerprint: string;
  readonly parts: readonly UploadedPart[];
  readonly uploaded: ReadonlyMap<number, UploadedPart>;
}

const finishUpload = ({ core }: ObjectOperation, upload: Upload, finished: Finished): void => {
  const { version, fingerprint, parts, uploaded } = finished;
  const used = new Set(parts.map(({ number }) => number));
  for (const part of uploaded.values()) if (!used.has(part.number)) core.garbage.add(part.detail.segments);
  core.uploads.removeParts(upload.id);
  core.uploads.complete(upload, core.clock.now(), {
    ...upload.detail,
    completed: { parts: fingerprint, versionId: version.versionId, etag: version.etag },
  });
};

/** The same Complete once more gets the same answer, as long as the object is there; any other is too late. */
const repeated = ({ core, bucket, key }: ObjectOperation, upload: Upload, fingerprint: string): ObjectVersion => {
  const { completed } = upload.detail;
  const version = completed && core.versions.find(bucket.id, key, completed.versionId);
  if (completed?.parts !== fingerprint || version?.etag !== completed.etag) throw noSuchUpload(upload.id);
  return version;
};

const wholeChecksum = ({ detail }: Upload, parts: readonly UploadedPart[]): Checksum => {
  const { checksumAlgorithm: algorithm, checksumType: type } = detail;
  const values = parts.map(({ size, detail: { checksum } }) => ({ value: checksum, bytes: size }));
  return { algorithm, type, value: combineChecksums(algorithm, type, values) };
};

const objectParts = ({ detail }: Upload, listed: readonly ListedPart[], parts: readonly UploadedPart[]) =>
  parts.map((part, index) => ({
    number: listed[index]?.number ?? part.number,
    size: part.size,
    ...(detail.checksumDeclared && { checksum: part.detail.checksum }),
  }));

/** What the request says of the whole must be so. */
const requireAnnounced = (
  { request }: ObjectOperation,
  { checksum, size }: { checksum: Checksum; size: number },
): void => {
  const announcedType = header(request, 'x-amz-checksum-type');
  if (announcedType !== undefined && announcedType !== checksum.type) {
    throw invalidRequest(
      `The upload was created using the ${checksum.type} checksum mode. The complete request must use the same checksum mode.`,
    );
  }
  const announcedSize = header(request, 'x-amz-mp-object-size');
  if (announcedSize !== undefined && announcedSize !== String(size)) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${announcedSize} does not match what was computed: ${size}`,
    );
  }
  for (const algorithm of checksumAlgorithms) {
    const announced = header(request, checksumHeader(algorithm));
    if (announced === undefined) continue;
    if (algorithm !== checksum.algorithm) {
      throw invalidRequest(
        `Checksum Type mismatch occurred, expected checksum Type: ${checksum.algorithm.toLowerCase()}, actual checksum Type: ${algorithm.toLowerCase()}`,
      );
    }
    if (announced !== checksum.value) throw badChecksum(algorithm);
  }
};

const answer = ({ request, response, bucket, key }: ObjectOperation, version: ObjectVersion): void =>
  sendXml(
    response,
    xmlDocument(
      'CompleteMultipartUploadResult',
      textElement(
        'Location',
        `http://${header(request, 'host') ?? 's3.amazonaws.com'}/${bucket.name}/${encodeURI(key)}`,
      ),
      textElement('Bucket', bucket.name),
      textElement('Key', key),
      textElement('ETag', `"${version.etag}"`),
      checksumXml(version.detail.checksum),
    ),
    { ...versionIdHeader(bucket, version), ...encryptionHeaders(version.detail.encryption) },
  );
