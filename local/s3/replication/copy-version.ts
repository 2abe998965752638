import type { S3Core } from '../core.ts';
import { defaultLock } from '../objects/lock.ts';
import type { Segment } from '../store/blobs.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, VersionDetail } from '../store/object-version.ts';
import { markerDetail } from '../store/object-version.ts';
import { orFail, ReplicationFailure } from './failure.ts';
import { keyOfCopy, type Passage, requireRights } from './rights.ts';

/** What copies are made in. */
export interface CopyDeps {
  readonly core: S3Core;
  /** Called in the transaction in which the copy appears. */
  readonly done: (version: ObjectVersion) => void;
}

/** Makes one copy; throws a ReplicationFailure where it cannot be made. */
export const copyVersion = async ({ core, done }: CopyDeps, role: string, passage: Passage): Promise<void> => {
  const { source, destination, version, kind } = passage;
  requireReady(source, destination);
  const caller = orFail('AssumeRoleNotPermitted', () =>
    core.assumeRole(role, { service: 's3.amazonaws.com', forArn: source.arn }),
  );
  requireRights(core, caller, passage);
  const existing = core.versions.find(destination.id, version.key, version.versionId);
  if (kind === 'attributes' && existing === undefined) {
    throw new ReplicationFailure('DstVersionNotFound', `there is no copy of ${version.versionId} to change`);
  }
  if (existing !== undefined || version.marker) {
    core.change(() => settle(core, passage, existing, done));
    return;
  }
  await copyContent(core, passage, done);
};

const requireReady = (source: Bucket, destination: Bucket): void => {
  if (destination.configuration.versioning !== 'Enabled') {
    throw new ReplicationFailure('DstBucketUnversioned', `${destination.name} keeps no versions`);
  }
  if (source.configuration.objectLock !== undefined && destination.configuration.objectLock === undefined) {
    throw new ReplicationFailure('DstBucketObjectLockConfigMissing', `${destination.name} has no Object Lock`);
  }
};

/** Writes a marker, or what has changed about a copy that is there. */
const settle = (
  core: S3Core,
  { source, destination, version }: Passage,
  existing: ObjectVersion | undefined,
  done: CopyDeps['done'],
): void => {
  const current = core.versions.bySequence(source.id, version.key, version.seq);
  // A marker that has been removed meanwhile hides nothing any more.
  if (current === undefined) return;
  if (existing !== undefined) {
    core.versions.setDetail(existing, { ...existing.detail, ...attributesOf(current.detail) });
  } else {
    const detail: VersionDetail = { ...markerDetail, replication: 'REPLICA' };
    core.versions.insert({ ...version, bucketId: destination.id, detail });
  }
  done(current);
};

/** What may change about a version, and follows it. */
const attributesOf = ({ tags, retention, legalHold }: VersionDetail) => ({
  tags,
  ...(retention !== undefined && { retention }),
  ...(legalHold !== undefined && { legalHold }),
});

/** The bytes are read and written, never linked: a copy that shares a damaged block would be none. */
const copyContent = async (core: S3Core, passage: Passage, done: CopyDeps['done']): Promise<void> => {
  const { source, destination, version } = passage;
  const release = core.garbage.hold();
  const segments: Segment[] = [];
  try {
    for (const [blob, bytes] of version.detail.segments) segments.push([await core.blobs.duplicate(blob), bytes]);
    core.change(() => {
      const current = core.versions.bySequence(source.id, version.key, version.seq);
      // Deleted while it was read: a copy would bring back what somebody has erased.
      if (current === undefined) {
        core.garbage.add(segments);
        return;
      }
      core.versions.insert({
        ...current,
        bucketId: destination.id,
        detail: detailOf(core, passage, current, segments),
      });
      done(current);
    });
  } catch (error) {
    for (const [blob] of segments) core.blobs.remove(blob);
    throw error;
  } finally {
    release();
  }
};

const detailOf = (
  core: S3Core,
  { destination, rule }: Passage,
  original: ObjectVersion,
  segments: readonly Segment[],
): VersionDetail => {
  const { restore: _, ...detail } = original.detail;
  const key = keyOfCopy(destination, rule, original);
  return {
    ...defaultLock(destination.configuration, core.clock.now()),
    ...detail,
    segments,
    storageClass: rule.destination.storageClass ?? detail.storageClass,
    encryption:
      key === undefined
        ? { algorithm: 'AES256' }
        : {
            algorithm: detail.encryption.algorithm === 'AES256' ? 'aws:kms' : detail.encryption.algorithm,
            keyId: core.keyArn(key, destination.region),
            bucketKey: destination.configuration.encryption.bucketKey,
          },
    replication: 'REPLICA',
  };
};
