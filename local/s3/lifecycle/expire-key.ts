import type { S3Core } from '../core.ts';
import { announce, serviceActor } from '../events/announce.ts';
import { addMarker, removeVersion } from '../objects/commit-object.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { markerDetail } from '../store/object-version.ts';
import { currentExpiry, markerExpiry, noncurrentExpiry } from './plan-expiration.ts';
import { dueTransition, plannedTransitions } from './plan-transition.ts';

/** One midnight's run over one bucket. */
export interface LifecycleRun {
  readonly core: S3Core;
  readonly bucket: Bucket;
  readonly now: number;
  /** The earliest time at which something more will be due. */
  next: number;
}

/**
 * Applies the rules to all versions of one key, newest first. Inside a transaction.
 */
export const applyToKey = (run: LifecycleRun, versions: readonly ObjectVersion[]): void => {
  const [current, ...older] = versions;
  if (current === undefined) return;
  const left = older.filter(
    (version, rank) => !expireNoncurrent(run, version, { since: versions[rank]?.modified ?? 0, rank }),
  );
  if (current.marker) {
    if (left.length === 0 && isDue(run, markerExpiry(rulesOf(run), current))) remove(run, current);
    return;
  }
  if (isDue(run, currentExpiry(rulesOf(run), current))) expireCurrent(run, current);
  else transition(run, current, { since: current.modified, noncurrentRank: undefined });
};

const rulesOf = ({ bucket }: LifecycleRun) => bucket.configuration.lifecycle;

/** True where the time has come; else remembers it for the next run. */
const isDue = (run: LifecycleRun, due: number | undefined): boolean => {
  if (due === undefined) return false;
  if (due <= run.now) return true;
  run.next = Math.min(run.next, due);
  return false;
};

const expireCurrent = (run: LifecycleRun, current: ObjectVersion): void => {
  const { core, bucket, now } = run;
  if (bucket.configuration.versioning === undefined) {
    remove(run, current);
    return;
  }
  const marker = addMarker(core, bucket, current.key, markerDetail, now);
  tell(run, 'LifecycleExpiration:DeleteMarkerCreated', marker, marker.seq);
  // The object has just become noncurrent: its rules count from now.
  expireNoncurrent(run, { ...current, current: false }, { since: now, rank: 0 });
};

const expireNoncurrent = (run: LifecycleRun, version: ObjectVersion, age: { since: number; rank: number }): boolean => {
  if (isDue(run, noncurrentExpiry(rulesOf(run), version, age)) && !isLocked(run, version)) {
    remove(run, version);
    return true;
  }
  transition(run, version, { since: age.since, noncurrentRank: age.rank });
  return false;
};

/** A lock outlasts every rule; the version is looked at again each day. */
const isLocked = (run: LifecycleRun, { detail }: ObjectVersion): boolean => {
  const locked = detail.legalHold === true || (detail.retention !== undefined && detail.retention.until > run.now);
  if (locked) run.next = Math.min(run.next, run.now + 1);
  return locked;
};

const transition = (
  run: LifecycleRun,
  version: ObjectVersion,
  age: { since: number; noncurrentRank: number | undefined },
): void => {
  const planned = plannedTransitions(run.bucket.configuration, version, age);
  const storageClass = dueTransition(planned, run.now);
  for (const { due } of planned) if (due > run.now) run.next = Math.min(run.next, due);
  if (storageClass === undefined) return;
  run.core.versions.setDetail(version, { ...version.detail, storageClass, transitionedAt: run.now });
  announce(run.core, {
    ...eventOf(run, version),
    name: 'LifecycleTransition',
    extra: { lifecycleEventData: { transitionEventData: { destinationStorageClass: storageClass } } },
  });
};

const remove = (run: LifecycleRun, version: ObjectVersion): void => {
  removeVersion(run.core, version);
  tell(run, 'LifecycleExpiration:Delete', version, run.core.sequence.next());
};

const tell = (run: LifecycleRun, name: string, version: ObjectVersion, sequence: number): void => {
  const { key, versionId } = version;
  announce(run.core, { ...eventOf(run, version), object: { key, versionId }, name, sequence });
};

const eventOf = ({ core, bucket, now }: LifecycleRun, version: ObjectVersion) => ({
  bucket,
  object: version,
  time: now,
  ...serviceActor(core.newId()),
});
