import type { S3Core } from '../core.ts';
import type { EventActor } from '../events/announce.ts';
import { announce } from '../events/announce.ts';
import { pendingStatus, scheduleCopy } from '../replication/schedule.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, VersionDetail } from '../store/object-version.ts';
import { newVersionId, nullVersionId } from '../store/version-id.ts';
import type { WriteConditions } from './conditions.ts';
import { requireWritable } from './conditions.ts';
import { defaultLock } from './lock.ts';

/** A new object version that is whole but not yet visible. */
export interface NewObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly detail: VersionDetail;
}

/** How a new version comes to be. */
export interface Commit {
  readonly bucket: Bucket;
  readonly object: NewObject;
  readonly conditions: WriteConditions;
  /** `ObjectCreated:Put` */
  readonly event: string;
  readonly actor: EventActor;
}

/**
 * Makes a version visible: conditions, version and event in one transaction. Where a condition fails, nothing happens.
 * `alongside` runs in the same transaction.
 */
export const commitObject = (
  core: S3Core,
  commit: Commit,
  alongside: (version: ObjectVersion) => void = () => undefined,
): ObjectVersion =>
  core.change(() => {
    const version = addVersion(core, commit);
    alongside(version);
    announceCreation(core, commit, version);
    return version;
  });

/** As {@link commitObject}, for content that belongs to this object alone: where nothing happens, it is removed. */
export const commitContent = (core: S3Core, commit: Commit): ObjectVersion => {
  try {
    return commitObject(core, commit);
  } catch (error) {
    for (const [blob] of commit.object.detail.segments) core.blobs.remove(blob);
    throw error;
  }
};

/** Adds a delete marker; to be called inside a transaction. */
export const addMarker = (
  core: S3Core,
  bucket: Bucket,
  key: string,
  detail: VersionDetail,
  now = core.clock.now(),
): ObjectVersion => {
  const marker = { key, size: 0, etag: '', detail, marker: true, modified: now };
  return insertVersion(core, bucket, marker, core.versions.current(bucket.id, key));
};

/** Removes a version, with its content where no backup holds it; to be called inside a transaction. */
export const removeVersion = (core: S3Core, version: ObjectVersion): void => {
  core.versions.remove(version);
  if (!core.kept.take(version, core.clock.now())) core.garbage.add(version.detail.segments);
};

const addVersion = (core: S3Core, { bucket, object, conditions }: Commit): ObjectVersion => {
  const current = core.versions.current(bucket.id, object.key);
  requireWritable(conditions, object.key, current);
  const given = { ...defaultLock(bucket.configuration, core.clock.now()), ...object.detail };
  const detail = pendingStatus(bucket, object.key, given, false);
  const modified = core.clock.now();
  const version = insertVersion(core, bucket, { ...object, detail, marker: false, modified }, current);
  scheduleCopy(core, bucket, version);
  return version;
};

const insertVersion = (
  core: S3Core,
  bucket: Bucket,
  object: NewObject & Pick<ObjectVersion, 'marker' | 'modified'>,
  current: ObjectVersion | undefined,
): ObjectVersion => {
  const seq = core.sequence.next();
  if (bucket.configuration.versioning === 'Enabled') {
    const versionId = newVersionId(seq, core.newId());
    return core.versions.add({ ...object, bucketId: bucket.id, seq, versionId }, current);
  }
  const replaced = core.versions.find(bucket.id, object.key, nullVersionId);
  if (replaced !== undefined) removeVersion(core, replaced);
  const before = replaced?.current ? core.versions.current(bucket.id, object.key) : current;
  return core.versions.add({ ...object, bucketId: bucket.id, seq, versionId: nullVersionId }, before);
};

const announceCreation = (core: S3Core, { bucket, event, actor }: Commit, version: ObjectVersion): void =>
  announce(core, {
    name: event,
    bucket,
    object: version,
    sequence: version.seq,
    time: version.modified,
    ...actor,
  });
