import type { DatabaseSync } from 'node:sqlite';
import type { ObjectVersion, VersionDetail } from './object-version.ts';
import { recentVersions } from './recent-versions.ts';
import type { Row } from './row.ts';
import { keyBytes, number, text, utf8 } from './row.ts';
import { nullVersionId, sequenceOf } from './version-id.ts';

/** A stretch of keys: from (inclusive, or exclusive with `after`) to (exclusive), as UTF-8 bytes. */
export interface KeyRange {
  readonly from: Buffer;
  readonly after: boolean;
  readonly to: Buffer | undefined;
}

/** Object versions and delete markers. */
export interface VersionStore {
  current(bucketId: number, key: string): ObjectVersion | undefined;
  find(bucketId: number, key: string, versionId: string): ObjectVersion | undefined;
  bySequence(bucketId: number, key: string, seq: number): ObjectVersion | undefined;
  /** Adds the newest version of a key; the one that was current before is given and no longer is. */
  add(version: Omit<ObjectVersion, 'current'>, before: ObjectVersion | undefined): ObjectVersion;
  /** Adds a version at its own place among those of its key, which is not always the newest. */
  insert(version: Omit<ObjectVersion, 'current'>): ObjectVersion;
  /** Removes a version; where it was current, the one before becomes it. */
  remove(version: ObjectVersion): void;
  setDetail(version: ObjectVersion, detail: VersionDetail): void;
  /** Current objects without delete markers, in the order of their keys. */
  visible(bucketId: number, range: KeyRange, limit: number): ObjectVersion[];
  /** All versions in the order of their keys, newest first; of the key `range.from` only those older than `olderThan`. */
  all(bucketId: number, range: KeyRange, olderThan: number | undefined, limit: number): ObjectVersion[];
  /** True where a bucket holds any version or marker. */
  any(bucketId: number): boolean;
}

const columns = 'bucket, key, seq, version_id, current, marker, size, etag, modified, detail';
/** Above every key, because no UTF-8 text begins with this byte. */
const end = Buffer.from([0xff]);

/** Prepares every statement once. */
export const openVersions = (db: DatabaseSync): VersionStore => {
  const select = `SELECT ${columns} FROM s3_versions WHERE bucket = ?`;
  const newest = db.prepare(`${select} AND key = ? ORDER BY seq DESC LIMIT 1`);
  const bySequence = db.prepare(`${select} AND key = ? AND seq = ?`);
  const byId = db.prepare(`${select} AND key = ? AND version_id = ?`);
  const insert = db.prepare(`INSERT INTO s3_versions (${columns}) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`);
  const demote = db.prepare('UPDATE s3_versions SET current = 0 WHERE bucket = ? AND key = ? AND seq = ?');
  const promote = db.prepare(
    'UPDATE s3_versions SET current = 1 WHERE bucket = ?1 AND key = ?2 AND seq = (SELECT max(seq) FROM s3_versions WHERE bucket = ?1 AND key = ?2)',
  );
  const erase = db.prepare('DELETE FROM s3_versions WHERE bucket = ? AND key = ? AND seq = ?');
  const writeDetail = db.prepare('UPDATE s3_versions SET detail = ? WHERE bucket = ? AND key = ? AND seq = ?');
  const anyVersion = db.prepare('SELECT 1 FROM s3_versions WHERE bucket = ? LIMIT 1');
  const visible = `${select} AND current = 1 AND marker = 0`;
  const visibleFrom = db.prepare(`${visible} AND key >= ? AND key < ? ORDER BY key LIMIT ?`);
  const visibleAfter = db.prepare(`${visible} AND key > ? AND key < ? ORDER BY key LIMIT ?`);
  const allFrom = db.prepare(`${select} AND key >= ? AND key < ? ORDER BY key, seq DESC LIMIT ?`);
  const allAfter = db.prepare(`${select} AND key > ? AND key < ? ORDER BY key, seq DESC LIMIT ?`);
  const olderOfKey = db.prepare(`${select} AND key = ? AND seq < ? ORDER BY seq DESC LIMIT ?`);
  const recent = recentVersions(db);
  const one = (row: Row | undefined): ObjectVersion | undefined => (row === undefined ? undefined : toVersion(row));
  const add = (version: Omit<ObjectVersion, 'current'>, before: ObjectVersion | undefined): ObjectVersion => {
    const { bucketId, seq, versionId, marker, size, etag, modified, detail } = version;
    const key = keyBytes(version.key);
    recent.forget(bucketId, version.key);
    if (before !== undefined) demote.run(bucketId, key, before.seq);
    insert.run(bucketId, key, seq, versionId, marker ? 1 : 0, size, etag, modified, JSON.stringify(detail));
    return { ...version, current: true };
  };
  return {
    current(bucketId, key) {
      const known = recent.get(bucketId, key);
      if (known !== undefined) return known;
      const version = one(newest.get(bucketId, keyBytes(key)));
      if (version !== undefined) recent.remember(version);
      return version;
    },
    find(bucketId, key, versionId) {
      const known = recent.get(bucketId, key);
      if (known?.versionId === versionId) return known;
      if (versionId === nullVersionId) return one(byId.get(bucketId, keyBytes(key), versionId));
      const seq = sequenceOf(versionId);
      const version = seq === undefined ? undefined : one(bySequence.get(bucketId, keyBytes(key), seq));
      if (version?.versionId !== versionId) return undefined;
      if (version.current) recent.remember(version);
      return version;
    },
    bySequence(bucketId, key, seq) {
      const known = recent.get(bucketId, key);
      return known?.seq === seq ? known : one(bySequence.get(bucketId, keyBytes(key), seq));
    },
    add,
    insert(version) {
      const before = one(newest.get(version.bucketId, keyBytes(version.key)));
      const inserted = add(version, before);
      if (before === undefined || before.seq < version.seq) return inserted;
      demote.run(version.bucketId, keyBytes(version.key), version.seq);
      promote.run(version.bucketId, keyBytes(version.key));
      return { ...inserted, current: false };
    },
    remove({ bucketId, key, seq, current }) {
      recent.forget(bucketId, key);
      erase.run(bucketId, keyBytes(key), seq);
      if (current) promote.run(bucketId, keyBytes(key));
    },
    setDetail({ bucketId, key, seq }, detail) {
      recent.forget(bucketId, key);
      writeDetail.run(JSON.stringify(detail), bucketId, keyBytes(key), seq);
    },
    visible: (bucketId, { from, after, to }, limit) =>
      (after ? visibleAfter : visibleFrom).all(bucketId, from, to ?? end, limit).map(toVersion),
    all(bucketId, { from, after, to }, olderThan, limit) {
      const older = olderThan === undefined ? [] : olderOfKey.all(bucketId, from, olderThan, limit);
      const exclusive = after || olderThan !== undefined;
      const left = limit - older.length;
      const rest = left > 0 ? (exclusive ? allAfter : allFrom).all(bucketId, from, to ?? end, left) : [];
      return [...older, ...rest].map(toVersion);
    },
    any: (bucketId) => anyVersion.get(bucketId) !== undefined,
  };
};

const toVersion = (row: Row): ObjectVersion => ({
  bucketId: number(row, 'bucket'),
  key: utf8(row, 'key'),
  seq: number(row, 'seq'),
  versionId: text(row, 'version_id'),
  current: number(row, 'current') === 1,
  marker: number(row, 'marker') === 1,
  size: number(row, 'size'),
  etag: text(row, 'etag'),
  modified: number(row, 'modified'),
  detail: JSON.parse(text(row, 'detail')),
});
