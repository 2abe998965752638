import { hash } from 'node:crypto';
import { GiB } from '../../../core/bytes.ts';
import type { S3Core } from '../core.ts';
import { requestActor } from '../events/announce.ts';
import type { ObjectOperation } from '../operation.ts';
import { header } from '../protocol/request.ts';
import { sendEmpty } from '../protocol/respond.ts';
import type { VersionDetail } from '../store/object-version.ts';
import { commitContent } from './commit-object.ts';
import { writeConditions } from './conditions.ts';
import { requestedEncryption, requireKey, tagIsMd5 } from './encryption.ts';
import { remainingDays, requestedLock } from './lock.ts';
import {
  objectHeaders,
  refuseAcl,
  refuseUnknownHeaders,
  requestedStorageClass,
  userMetadata,
} from './object-headers.ts';
import { requirePermission } from './permission.ts';
import { receiveContent } from './receive-content.ts';
import { requestTagConditions, tagsOfHeader } from './tags.ts';
import { writtenHeaders } from './version-headers.ts';

/** The largest object that one request may upload or copy. */
export const maxSinglePutBytes = GiB(5);

/** Everything that a request says of an object to come, besides its content. */
export type RequestedObject = Omit<VersionDetail, 'segments' | 'parts' | 'checksum'>;

/** `PUT /{bucket}/{key}` */
export const putObject = async (operation: ObjectOperation): Promise<void> => {
  const { core, request, response, bucket, key } = operation;
  const requested = requestedObject(operation);
  const conditions = writeConditions(request);
  requireWritePermissions(operation, requested, { 's3:ObjectCreationOperation': 'true' });
  if (conditions.ifMatch !== undefined) requirePermission(core, request, bucket, { action: 's3:GetObject', key });
  requireKey(core, request, bucket, { key, encryption: requested.encryption, action: 'GenerateDataKey' });
  const md5 = tagIsMd5(requested.encryption);
  const content = await receiveContent(core.blobs, request, {
    maxBytes: maxSinglePutBytes,
    md5,
    fallback: 'CRC64NVME',
  });
  const { segments, checksum } = content;
  const version = commitContent(core, {
    bucket,
    object: {
      key,
      size: content.size,
      etag: md5 && content.md5 !== undefined ? content.md5 : opaqueTag(core),
      detail: { ...requested, segments, checksum },
    },
    conditions,
    event: 'ObjectCreated:Put',
    actor: requestActor(request),
  });
  sendEmpty(response, 200, writtenHeaders(bucket, version));
};

/** The tag of an object under a KMS key: it tells nothing of the content. */
export const opaqueTag = (core: S3Core): string => hash('md5', core.newId());

/** Reads what a request says of an object to come. */
export const requestedObject = ({ core, request, bucket }: ObjectOperation): RequestedObject => {
  refuseUnknownHeaders(request);
  refuseAcl(request, core.accountId);
  return {
    headers: objectHeaders(request),
    metadata: userMetadata(request),
    storageClass: requestedStorageClass(request),
    encryption: requestedEncryption(core, request, bucket),
    tags: tagsOfHeader(header(request, 'x-amz-tagging')),
    ...requestedLock(request, bucket.configuration, core.clock.now()),
  };
};

/** Requires what a caller must be allowed for writing such an object. */
export const requireWritePermissions = (
  { core, request, bucket, key }: ObjectOperation,
  requested: Pick<RequestedObject, 'tags' | 'retention' | 'legalHold'>,
  conditions: Readonly<Record<string, string>>,
): void => {
  const context = {
    ...conditions,
    ...requestTagConditions(requested.tags),
    ...remainingDays(requested.retention, core.clock.now()),
  };
  const needed = ['s3:PutObject'];
  if (Object.keys(requested.tags).length > 0) needed.push('s3:PutObjectTagging');
  if (requested.retention !== undefined) needed.push('s3:PutObjectRetention');
  if (requested.legalHold !== undefined) needed.push('s3:PutObjectLegalHold');
  if (header(request, 'x-amz-acl') !== undefined) needed.push('s3:PutObjectAcl');
  for (const action of needed) requirePermission(core, request, bucket, { action, key, context });
};
