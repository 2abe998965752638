import type { DatabaseSync } from 'node:sqlite';
import type { ObjectVersion } from './object-version.ts';
import type { Row } from './row.ts';
import { keyBytes, number, text, utf8 } from './row.ts';

/**
 * Versions that are gone from a bucket and stay in its backups. Content never changes once it is written, so that a backup
 * of a bucket is an instant: what is there now and was then, and of what went since, that which went after it. A version of
 * a watched bucket that is removed moves here in the same transaction, and its files stay where they are; they become
 * garbage when no backup reaches back to them any more.
 */
export interface KeptVersions {
  /** Keeps from now on what is removed from a bucket. */
  watch(bucketId: number): void;
  /** Takes a version that is being removed; false where nobody watches its bucket. */
  take(version: ObjectVersion, nowMs: number): boolean;
  /** The versions and markers that a bucket had at an instant and has no more, by key. */
  at(bucketId: number, atMs: number): ObjectVersion[];
  /** Drops what went at or before an instant that no backup in between reaches; answers what is dropped. */
  drop(bucketId: number, beforeMs: number, instants: readonly number[]): ObjectVersion[];
}

const columns = 'bucket, key, seq, version_id, marker, size, etag, modified, detail';

/** Opens what the database keeps. */
export const openKeptVersions = (db: DatabaseSync): KeptVersions => {
  db.exec(`
    CREATE TABLE IF NOT EXISTS s3_kept (
      bucket INTEGER NOT NULL, removed INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL,
      version_id TEXT NOT NULL, marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      modified INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (bucket, removed, key, seq)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_watched (bucket INTEGER PRIMARY KEY) WITHOUT ROWID;
  `);
  const watched = new Set(
    db
      .prepare('SELECT bucket FROM s3_watched')
      .all()
      .map((row) => number(row, 'bucket')),
  );
  const insert = db.prepare(`INSERT INTO s3_kept (removed, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const atInstant = db.prepare(
    `SELECT ${columns} FROM s3_kept WHERE bucket = ? AND removed > ? AND modified <= ? ORDER BY key, seq DESC`,
  );
  const old = db.prepare(`SELECT removed, ${columns} FROM s3_kept WHERE bucket = ? AND removed <= ?`);
  const erase = db.prepare('DELETE FROM s3_kept WHERE bucket = ? AND removed = ? AND key = ? AND seq = ?');
  return {
    watch(bucketId) {
      if (watched.has(bucketId)) return;
      db.prepare('INSERT OR IGNORE INTO s3_watched VALUES (?)').run(bucketId);
      watched.add(bucketId);
    },
    take({ bucketId, key, seq, versionId, marker, size, etag, modified, detail }, nowMs) {
      if (!watched.has(bucketId)) return false;
      const place = [bucketId, keyBytes(key), seq, versionId] as const;
      insert.run(nowMs, ...place, marker ? 1 : 0, size, etag, modified, JSON.stringify(detail));
      return true;
    },
    at: (bucketId, atMs) => atInstant.all(bucketId, atMs, atMs).map(toVersion),
    drop(bucketId, beforeMs, instants) {
      const dropped: ObjectVersion[] = [];
      for (const row of old.all(bucketId, beforeMs)) {
        const version = toVersion(row);
        const removed = number(row, 'removed');
        if (instants.some((instant) => version.modified <= instant && instant < removed)) continue;
        erase.run(bucketId, removed, keyBytes(version.key), version.seq);
        dropped.push(version);
      }
      return dropped;
    },
  };
};

const toVersion = (row: Row): ObjectVersion => ({
  bucketId: number(row, 'bucket'),
  key: utf8(row, 'key'),
  seq: number(row, 'seq'),
  versionId: text(row, 'version_id'),
  current: false,
  marker: number(row, 'marker') === 1,
  size: number(row, 'size'),
  etag: text(row, 'etag'),
  modified: number(row, 'modified'),
  detail: JSON.parse(text(row, 'detail')),
});
