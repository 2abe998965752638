import { AwsError } from '../../aws/aws-error.ts';
import { regionIsDown } from '../../regions.ts';
import { uriDecode } from '../../sigv4/encoding.ts';
import type { ObjectOperation } from '../operation.ts';
import {
  accessDenied,
  invalidArgument,
  invalidRequest,
  noSuchKey,
  noSuchVersion,
  preconditionFailed,
} from '../protocol/errors.ts';
import { header } from '../protocol/request.ts';
import type { Bucket } from '../store/buckets.ts';
import { noSuchBucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { archivedAt } from './archive.ts';
import { failedCondition, readConditions } from './conditions.ts';
import { requireKey } from './encryption.ts';
import { requireVersionId } from './find-version.ts';
import { hasPermission, requirePermission } from './permission.ts';
import { existingTagConditions } from './tags.ts';

/** What is copied. */
export interface CopySource {
  readonly bucket: Bucket;
  readonly version: ObjectVersion;
  /** The request named the version. */
  readonly pinned: boolean;
}

/** Finds the source of a copy that the caller may read and whose conditions hold. */
export const copySource = (operation: ObjectOperation): CopySource => {
  const { core, request } = operation;
  const { bucketName, key, versionId } = parseSource(header(request, 'x-amz-copy-source') ?? '');
  const bucket = core.buckets.find(bucketName);
  if (bucket === undefined) throw noSuchBucket(bucketName);
  if (core.isDown(bucket.region)) throw regionIsDown(bucket.region);
  const found =
    versionId === undefined ? core.versions.current(bucket.id, key) : core.versions.find(bucket.id, key, versionId);
  const action = versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const named = versionId === undefined ? {} : { 's3:VersionId': versionId };
  const context = { ...existingTagConditions(found?.detail.tags ?? {}), ...named };
  requirePermission(core, request, bucket, { action, key, context });
  const version = requireObject(operation, { bucket, key, versionId, found });
  requireKey(core, request, bucket, { key, encryption: version.detail.encryption, action: 'Decrypt' });
  const failed = failedCondition(readConditions(request, 'x-amz-copy-source-'), version);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed.name}`);
  if (archivedAt(version, core.clock.now())) {
    throw new AwsError('InvalidObjectState', 403, "The operation is not valid for the object's storage class", {
      StorageClass: version.detail.storageClass,
    });
  }
  return { bucket, version, pinned: versionId !== undefined };
};

interface Found {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  readonly found: ObjectVersion | undefined;
}

const requireObject = ({ core, request }: ObjectOperation, { bucket, key, versionId, found }: Found): ObjectVersion => {
  if (found !== undefined && !found.marker) return found;
  if (found !== undefined && versionId !== undefined) {
    throw invalidRequest('The source of a copy request may not specifically refer to a delete marker by version id.');
  }
  if (!hasPermission(core, request, bucket, { action: 's3:ListBucket' })) throw accessDenied();
  throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
};

const parseSource = (text: string): { bucketName: string; key: string; versionId: string | undefined } => {
  const mark = text.lastIndexOf('?versionId=');
  const versionId = mark === -1 ? undefined : uriDecode(text.slice(mark + '?versionId='.length));
  const path = uriDecode(mark === -1 ? text : text.slice(0, mark));
  const plain = path.startsWith('/') ? path.slice(1) : path;
  const slash = plain.indexOf('/');
  const key = plain.slice(slash + 1);
  if (slash < 1 || key === '') {
    throw invalidArgument(
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
      'x-amz-copy-source',
      text,
    );
  }
  if (versionId !== undefined) requireVersionId(versionId);
  return { bucketName: plain.slice(0, slash), key, versionId };
};
