import type { S3Core } from '../core.ts';
import type { EventActor } from '../events/announce.ts';
import { announce, requestActor } from '../events/announce.ts';
import type { BucketOperation, ObjectOperation } from '../operation.ts';
import { invalidRequest, noSuchKey, preconditionFailed } from '../protocol/errors.ts';
import { header } from '../protocol/request.ts';
import { sendEmpty } from '../protocol/respond.ts';
import { pendingStatus, scheduleCopy } from '../replication/schedule.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { markerDetail } from '../store/object-version.ts';
import { nullVersionId } from '../store/version-id.ts';
import { addMarker, removeVersion } from './commit-object.ts';
import { readConditions } from './conditions.ts';
import { requestedVersionId } from './find-version.ts';
import { requireDeletable } from './lock.ts';
import { hasPermission, requirePermission } from './permission.ts';
import { existingTagConditions } from './tags.ts';

/** What a delete did. */
export interface Deletion {
  /** The version that was removed, or the marker that was added; undefined where there was nothing and nothing was added. */
  readonly version: ObjectVersion | undefined;
  readonly addedMarker: boolean;
}

/** What a delete is asked to do. */
export interface DeletionRequest {
  readonly key: string;
  readonly versionId: string | undefined;
  readonly ifMatch: string | undefined;
}

/** `DELETE /{bucket}/{key}` */
export const deleteObject = (operation: ObjectOperation): void => {
  const { request, response, bucket, key } = operation;
  const versionId = requestedVersionId(operation);
  if (header(request, 'x-amz-mfa') !== undefined) throw invalidRequest('The bucket has no MFA delete.');
  const { ifMatch } = readConditions(request);
  const { version, addedMarker } = deleteKey(operation, { key, versionId, ifMatch });
  const tellsVersion = bucket.configuration.versioning !== undefined && version !== undefined;
  sendEmpty(response, 204, {
    'x-amz-delete-marker': addedMarker || version?.marker ? 'true' : undefined,
    'x-amz-version-id': tellsVersion ? version.versionId : versionId,
  });
};

/** Deletes as the caller of a request: adds a delete marker, or removes the version that is named. */
export const deleteKey = (operation: BucketOperation, wanted: DeletionRequest): Deletion => {
  const { core, request, bucket } = operation;
  const { key, versionId } = wanted;
  const existing = findExisting(core, bucket, wanted);
  const context = existingTagConditions(existing?.detail.tags ?? {});
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion';
  const named = versionId === undefined ? {} : { 's3:VersionId': versionId };
  requirePermission(core, request, bucket, { action, key, context: { ...context, ...named } });
  requireTag(wanted, existing);
  if (existing !== undefined && versionId !== undefined) {
    requireDeletable(existing, core.clock.now(), bypassesGovernance(operation, key));
  }
  const actor = requestActor(request);
  return core.change(() =>
    versionId === undefined ? deleteCurrent(core, bucket, key, actor) : deleteVersion(core, bucket, existing, actor),
  );
};

/** Adds a delete marker, or removes the object for good where the bucket never had versioning; inside a transaction. */
const deleteCurrent = (core: S3Core, bucket: Bucket, key: string, actor: EventActor): Deletion => {
  if (bucket.configuration.versioning === undefined) {
    return deleteVersion(core, bucket, core.versions.find(bucket.id, key, nullVersionId), actor);
  }
  const marker = addMarker(core, bucket, key, pendingStatus(bucket, key, markerDetail, true));
  scheduleCopy(core, bucket, marker);
  announceRemoval(core, bucket, marker, { actor, event: 'ObjectRemoved:DeleteMarkerCreated', sequence: marker.seq });
  return { version: marker, addedMarker: true };
};

/** True where the caller asks to pass over governance retention and may do so. */
export const bypassesGovernance = ({ core, request, bucket }: BucketOperation, key: string): boolean =>
  header(request, 'x-amz-bypass-governance-retention')?.toLowerCase() === 'true' &&
  hasPermission(core, request, bucket, { action: 's3:BypassGovernanceRetention', key });

const deleteVersion = (
  core: S3Core,
  bucket: Bucket,
  existing: ObjectVersion | undefined,
  actor: EventActor,
): Deletion => {
  if (existing === undefined) return { version: undefined, addedMarker: false };
  removeVersion(core, existing);
  announceRemoval(core, bucket, existing, { actor, event: 'ObjectRemoved:Delete', sequence: core.sequence.next() });
  return { version: existing, addedMarker: false };
};

const announceRemoval = (
  core: S3Core,
  bucket: Bucket,
  { key, versionId }: ObjectVersion,
  { actor, event, sequence }: { actor: EventActor; event: string; sequence: number },
): void =>
  announce(core, {
    name: event,
    bucket,
    object: { key, versionId },
    sequence,
    time: core.clock.now(),
    ...actor,
  });

const findExisting = (core: S3Core, bucket: Bucket, { key, versionId }: DeletionRequest): ObjectVersion | undefined =>
  versionId === undefined ? core.versions.current(bucket.id, key) : core.versions.find(bucket.id, key, versionId);

const requireTag = ({ key, ifMatch }: DeletionRequest, existing: ObjectVersion | undefined): void => {
  if (ifMatch === undefined) return;
  if (existing === undefined || existing.marker) throw noSuchKey(key);
  if (ifMatch !== '*' && ifMatch.replace(/^"(.*)"$/, '$1') !== existing.etag) throw preconditionFailed('If-Match');
};
