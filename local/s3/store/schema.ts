import type { DatabaseSync } from 'node:sqlite';

/**
 * What S3 keeps, and where. `s3_buckets` holds each bucket with its configuration as one JSON text. `s3_versions` holds every
 * object version and delete marker, newest first within a key: keys are the UTF-8 bytes of the name, so that the table's own
 * order is the order in which S3 lists; `current` marks the newest of each key. Content lies in files (see blobs.ts) that the
 * row names. `s3_restore_events` holds what is to be announced of restores at a later time, `s3_lifecycle` the last midnight
 * whose lifecycle rules have run. `s3_uploads` and `s3_parts` hold multipart uploads; a completed one stays with its result, so that a repeated
 * Complete gets the same answer. `s3_garbage` names files whose row is gone: written in the transaction that removes the row,
 * emptied after it. `s3_outbox` holds events that a queue did not take. `s3_sequence` is the counter behind version order,
 * event sequencers and file names.
 */
export const createTables = (db: DatabaseSync): void =>
  db.exec(`
    CREATE TABLE IF NOT EXISTS s3_buckets (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL, created_at INTEGER NOT NULL,
      configuration TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS s3_versions (
      bucket INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, version_id TEXT NOT NULL,
      current INTEGER NOT NULL, marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      modified INTEGER NOT NULL, detail TEXT NOT NULL,
      PRIMARY KEY (bucket, key, seq DESC)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS s3_visible ON s3_versions (bucket, key) WHERE current = 1 AND marker = 0;
    CREATE TABLE IF NOT EXISTS s3_uploads (
      id TEXT PRIMARY KEY, bucket INTEGER NOT NULL, key BLOB NOT NULL, initiated INTEGER NOT NULL,
      completed_at INTEGER, detail TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS s3_uploads_by_key ON s3_uploads (bucket, key, id);
    CREATE TABLE IF NOT EXISTS s3_parts (
      upload TEXT NOT NULL, number INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL,
      modified INTEGER NOT NULL, detail TEXT NOT NULL,
      PRIMARY KEY (upload, number)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_garbage (blob TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS s3_outbox (
      id INTEGER PRIMARY KEY, queue TEXT NOT NULL, bucket_arn TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS s3_restore_events (
      at INTEGER NOT NULL, bucket INTEGER NOT NULL, key BLOB NOT NULL, seq INTEGER NOT NULL, name TEXT NOT NULL,
      PRIMARY KEY (bucket, key, seq, name)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS s3_restore_events_due ON s3_restore_events (at);
    CREATE TABLE IF NOT EXISTS s3_lifecycle (id INTEGER PRIMARY KEY CHECK (id = 1), last_run INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS s3_sequence (id INTEGER PRIMARY KEY CHECK (id = 1), reserved INTEGER NOT NULL);
  `);
