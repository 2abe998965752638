import type { S3Core } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion, VersionDetail } from '../store/object-version.ts';
import { ruleFor } from './rule.ts';

/** What a new version says of its copy: nothing, where no rule covers it. */
export const pendingStatus = (bucket: Bucket, key: string, detail: VersionDetail, marker: boolean): VersionDetail =>
  ruleFor(bucket.configuration.replication, { key, marker, detail }) === undefined
    ? detail
    : { ...detail, replication: 'PENDING' };

/** Puts the copy of a new version on the list. Inside the transaction that makes the version. */
export const scheduleCopy = (core: S3Core, bucket: Bucket, version: ObjectVersion): void => {
  const rule = ruleFor(bucket.configuration.replication, version);
  if (rule === undefined) return;
  const kind = version.marker ? 'marker' : 'object';
  core.replicationTasks.add({ ruleId: rule.id, kind, since: core.clock.now() }, version);
  core.wakeReplication();
};

/**
 * Changes what is set on a version and lets its copy follow. Only what has been under replication follows: an object from before
 * the rule has no copy to change. Inside a transaction.
 */
export const changeDetail = (core: S3Core, bucket: Bucket, version: ObjectVersion, detail: VersionDetail): void => {
  const { replication } = version.detail;
  const followed = replication === 'PENDING' || replication === 'COMPLETED' || replication === 'FAILED';
  const rule = followed
    ? bucket.configuration.replication?.rules.find(({ enabled, prefix }) => enabled && version.key.startsWith(prefix))
    : undefined;
  if (rule === undefined) {
    core.versions.setDetail(version, detail);
    return;
  }
  core.versions.setDetail(version, { ...detail, replication: 'PENDING' });
  // What failed before has no copy yet, so that the whole object is tried again.
  const kind = replication === 'COMPLETED' ? 'attributes' : 'object';
  core.replicationTasks.add({ ruleId: rule.id, kind, since: core.clock.now() }, version);
  core.wakeReplication();
};
