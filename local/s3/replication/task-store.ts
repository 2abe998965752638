import type { DatabaseSync } from 'node:sqlite';
import type { ObjectVersion } from '../store/object-version.ts';
import type { Row } from '../store/row.ts';
import { keyBytes, number, text, utf8 } from '../store/row.ts';

/** What is to be copied: a whole object, a delete marker, or what has changed about an object that is there already. */
export type ReplicationKind = 'object' | 'marker' | 'attributes';

/** A copy that is still to be made. */
export interface ReplicationTask {
  readonly id: number;
  readonly bucketId: number;
  readonly key: string;
  readonly seq: number;
  readonly ruleId: string;
  readonly kind: ReplicationKind;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** True once it has been announced that the promised time is over. */
  readonly missed: boolean;
}

/** What of one rule is still to be copied. */
export interface Backlog {
  readonly bucketId: number;
  readonly ruleId: string;
  readonly operations: number;
  readonly bytes: number;
  /** When the oldest was written. */
  readonly oldest: number;
}

/** The copies still to be made; they outlive the process. */
export interface ReplicationTasks {
  /** Adds a task; a version that has one already keeps it, because what is copied is what the version is by then. Inside a transaction. */
  add(task: Pick<ReplicationTask, 'ruleId' | 'kind' | 'since'>, version: ObjectVersion): void;
  /** The oldest tasks of a bucket that were written up to then. */
  writtenUntil(bucketId: number, until: number, limit: number): ReplicationTask[];
  /** Tasks whose lateness has not been announced. */
  unannounced(bucketId: number, until: number, limit: number): ReplicationTask[];
  setMissed(task: ReplicationTask): void;
  remove(task: ReplicationTask): void;
  /** The task of a version. */
  of(version: ObjectVersion): ReplicationTask | undefined;
  backlog(): Backlog[];
  /** When the oldest task was written. */
  oldest(): number | undefined;
}

/** Makes the table and prepares every statement once. */
export const openReplicationTasks = (db: DatabaseSync): ReplicationTasks => {
  db.exec(`
    CREATE TABLE IF NOT EXISTS s3_replication (
      id INTEGER PRIMARY KEY, bucket INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, rule TEXT NOT NULL,
      kind TEXT NOT NULL, bytes INTEGER NOT NULL, since INTEGER NOT NULL, missed INTEGER NOT NULL,
      UNIQUE (bucket, key, seq));
    CREATE INDEX IF NOT EXISTS s3_replication_since ON s3_replication (bucket, since);
  `);
  const insert = db.prepare(
    'INSERT OR IGNORE INTO s3_replication (bucket, key, seq, rule, kind, bytes, since, missed) VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
  );
  const due = db.prepare('SELECT * FROM s3_replication WHERE bucket = ? AND since <= ? ORDER BY since, id LIMIT ?');
  const late = db.prepare(
    'SELECT * FROM s3_replication WHERE bucket = ? AND since <= ? AND missed = 0 ORDER BY since, id LIMIT ?',
  );
  const ofVersion = db.prepare('SELECT * FROM s3_replication WHERE bucket = ? AND key = ? AND seq = ?');
  const miss = db.prepare('UPDATE s3_replication SET missed = 1 WHERE id = ?');
  const erase = db.prepare('DELETE FROM s3_replication WHERE id = ?');
  const sums = db.prepare(
    'SELECT bucket, rule, count(*) AS operations, sum(bytes) AS bytes, min(since) AS oldest FROM s3_replication GROUP BY bucket, rule',
  );
  const first = db.prepare('SELECT min(since) AS oldest FROM s3_replication');
  return {
    add({ ruleId, kind, since }, { bucketId, key, seq, size }) {
      insert.run(bucketId, keyBytes(key), seq, ruleId, kind, kind === 'object' ? size : 0, since);
    },
    writtenUntil: (bucketId, until, limit) => due.all(bucketId, until, limit).map(toTask),
    unannounced: (bucketId, until, limit) => late.all(bucketId, until, limit).map(toTask),
    setMissed: ({ id }) => void miss.run(id),
    remove: ({ id }) => void erase.run(id),
    of({ bucketId, key, seq }) {
      const row = ofVersion.get(bucketId, keyBytes(key), seq);
      return row === undefined ? undefined : toTask(row);
    },
    backlog: () =>
      sums.all().map((row) => ({
        bucketId: number(row, 'bucket'),
        ruleId: text(row, 'rule'),
        operations: number(row, 'operations'),
        bytes: number(row, 'bytes'),
        oldest: number(row, 'oldest'),
      })),
    oldest() {
      const oldest = first.get()?.['oldest'];
      return typeof oldest === 'number' ? oldest : undefined;
    },
  };
};

const toTask = (row: Row): ReplicationTask => ({
  id: number(row, 'id'),
  bucketId: number(row, 'bucket'),
  key: utf8(row, 'key'),
  seq: number(row, 'seq'),
  ruleId: text(row, 'rule'),
  kind: kindOf(text(row, 'kind')),
  bytes: number(row, 'bytes'),
  since: number(row, 'since'),
  missed: number(row, 'missed') === 1,
});

const kindOf = (kind: string): ReplicationKind => {
  if (kind === 'object' || kind === 'marker' || kind === 'attributes') return kind;
  throw new TypeError(`The replication task ${kind} is of no kind that there is.`);
};
