import { AwsError } from '../../aws/aws-error.ts';
import type { ObjectOperation } from '../operation.ts';
import { accessDenied, invalidArgument, methodNotAllowed, noSuchKey, noSuchVersion } from '../protocol/errors.ts';
import { setHeaders } from '../protocol/respond.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { nullVersionId, sequenceOf } from '../store/version-id.ts';
import { hasPermission } from './permission.ts';
import { versionIdHeader } from './version-headers.ts';

/** The version id that a request names; one that S3 cannot have made is refused. */
export const requestedVersionId = ({ request }: Pick<ObjectOperation, 'request'>): string | undefined => {
  const versionId = request.query.get('versionId');
  if (versionId === undefined) return undefined;
  requireVersionId(versionId);
  return versionId;
};

/** Refuses a version id of another form than S3 makes. */
export const requireVersionId = (versionId: string): void => {
  if (versionId === '') throw invalidArgument('Version id cannot be the empty string', 'versionId', versionId);
  if (versionId === nullVersionId || sequenceOf(versionId) !== undefined) return;
  throw invalidArgument('Invalid version id specified', 'versionId', versionId);
};

/**
 * The object that a request reads: the current one, or the version that it names. A missing key is `NoSuchKey` only for who
 * may list the bucket, else `AccessDenied`. A delete marker is never answered as an object.
 */
export const findObject = (operation: ObjectOperation, versionId: string | undefined): ObjectVersion =>
  requireFound(operation, versionId, lookUp(operation, versionId));

/** The row of the current version, or of the one that is named; a delete marker too. */
export const lookUp = (
  { core, bucket, key }: Pick<ObjectOperation, 'core' | 'bucket' | 'key'>,
  versionId: string | undefined,
): ObjectVersion | undefined =>
  versionId === undefined ? core.versions.current(bucket.id, key) : core.versions.find(bucket.id, key, versionId);

/** As {@link findObject}, for a row that has been looked up. */
export const requireFound = (
  operation: ObjectOperation,
  versionId: string | undefined,
  version: ObjectVersion | undefined,
): ObjectVersion => {
  const { bucket, request, response } = operation;
  if (version === undefined) throw missing(operation, versionId);
  if (!version.marker) return version;
  setHeaders(response, markerHeaders(bucket, version));
  if (versionId === undefined) throw missing(operation, undefined);
  const error = methodNotAllowed(request.method, 'DeleteMarker');
  throw new AwsError(error.code, error.status, error.message, { ...error.details, Allow: 'DELETE' });
};

/** The headers that tell of a delete marker. */
const markerHeaders = (bucket: Bucket, version: ObjectVersion): Record<string, string | number | undefined> => ({
  'x-amz-delete-marker': 'true',
  ...versionIdHeader(bucket, version),
});

const missing = ({ core, request, bucket, key }: ObjectOperation, versionId: string | undefined): AwsError => {
  const mayList = hasPermission(core, request, bucket, { action: 's3:ListBucket' });
  if (!mayList) return accessDenied();
  return versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
};
