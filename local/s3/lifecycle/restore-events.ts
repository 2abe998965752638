import { isoTime } from '../../../core/time.ts';
import type { S3Core } from '../core.ts';
import { announce, serviceActor } from '../events/announce.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes, number, text, utf8 } from '../store/row.ts';

type RestoreEvent = 'ObjectRestore:Completed' | 'ObjectRestore:Delete';

/** Remembers that an event of a restore is due; one of the same name moves. Inside a transaction. */
export const scheduleRestoreEvent = ({ db }: S3Core, version: ObjectVersion, name: RestoreEvent, at: number): void => {
  db.prepare('INSERT OR REPLACE INTO s3_restore_events (at, bucket, key, seq, name) VALUES (?, ?, ?, ?, ?)').run(
    at,
    version.bucketId,
    keyBytes(version.key),
    version.seq,
    name,
  );
};

/** Announces the restores that have been completed, and the restored copies that have expired. */
export const announceRestores = (core: S3Core, now: number): void => {
  const { db } = core;
  const due = db.prepare('SELECT * FROM s3_restore_events WHERE at <= ? ORDER BY at').all(now);
  for (const row of due) {
    const seq = number(row, 'seq');
    const key = utf8(row, 'key');
    const bucket = core.buckets.byId(number(row, 'bucket'));
    const version = bucket && core.versions.bySequence(bucket.id, key, seq);
    core.change(() => {
      if (bucket && version) tell(core, bucket, version, { name: text(row, 'name'), at: number(row, 'at') });
      db.prepare('DELETE FROM s3_restore_events WHERE bucket = ? AND key = ? AND seq = ? AND name = ?').run(
        number(row, 'bucket'),
        keyBytes(key),
        seq,
        text(row, 'name'),
      );
    });
  }
};

const tell = (
  core: S3Core,
  bucket: Bucket,
  version: ObjectVersion,
  { name, at }: { name: string; at: number },
): void => {
  const { restore, storageClass } = version.detail;
  if (name === 'ObjectRestore:Delete' && restore !== undefined) {
    const { restore: _, ...detail } = version.detail;
    core.versions.setDetail(version, detail);
  }
  announce(core, {
    name,
    bucket,
    object: version,
    time: at,
    ...serviceActor(core.newId()),
    extra: {
      glacierEventData: {
        restoreEventData: {
          lifecycleRestorationExpiryTime: isoTime(restore?.expiresAt ?? at),
          lifecycleRestoreStorageClass: storageClass,
        },
      },
    },
  });
};
