import type { S3Core } from '../core.ts';
import { requirePermission } from '../objects/permission.ts';
import type { ObjectOperation } from '../operation.ts';
import { sendEmpty } from '../protocol/respond.ts';
import type { Upload } from '../store/uploads.ts';
import { findOpenUpload, maxPartNumber } from './find-upload.ts';

/** `DELETE /{bucket}/{key}?uploadId=…` */
export const abortUpload = (operation: ObjectOperation): void => {
  const { core, request, response, bucket, key } = operation;
  requirePermission(core, request, bucket, { action: 's3:AbortMultipartUpload', key });
  const upload = findOpenUpload(operation);
  core.change(() => discardUpload(core, upload));
  sendEmpty(response, 204);
};

/** Removes an upload with its parts; to be called inside a transaction. */
export const discardUpload = (core: S3Core, { id }: Upload): void => {
  for (const part of core.uploads.parts(id, 0, maxPartNumber)) core.garbage.add(part.detail.segments);
  core.uploads.removeParts(id);
  core.uploads.remove(id);
};
