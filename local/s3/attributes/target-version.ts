import type { RequestContext } from '../../aws/caller.ts';
import { findObject, requestedVersionId } from '../objects/find-version.ts';
import { requirePermission } from '../objects/permission.ts';
import { existingTagConditions } from '../objects/tags.ts';
import type { ObjectOperation } from '../operation.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** The action on the current object, and on a version that is named. */
export interface VersionAction {
  readonly current: string;
  readonly version: string;
}

/** The version whose attribute a request is about, once the caller may do the action on it. */
export const targetVersion = (
  operation: ObjectOperation,
  action: VersionAction,
  conditions: RequestContext = {},
): ObjectVersion => {
  const { core, request, bucket, key } = operation;
  const versionId = requestedVersionId(operation);
  const found =
    versionId === undefined ? core.versions.current(bucket.id, key) : core.versions.find(bucket.id, key, versionId);
  requirePermission(core, request, bucket, {
    action: versionId === undefined ? action.current : action.version,
    key,
    context: { ...conditions, ...existingTagConditions(found?.detail.tags ?? {}) },
  });
  return findObject(operation, versionId);
};
