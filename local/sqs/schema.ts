import type { DatabaseSync } from 'node:sqlite';

/**
 * Messages stay in one table for all queues. `visible_ms` alone decides who may receive a message: it is the time of sending
 * plus the delay, and each receive moves it to the end of its visibility timeout, on the platform's clock. `receives` is
 * what clients see; `queue_receives` counts in this queue only and is what the redrive policy compares. A move to a
 * dead-letter queue is an update of `queue`, so a message is never in two queues and never in none. `sent_ms` stays on
 * such a move, because retention counts from the first sending; `arrived_ms` is what the age of a queue is measured by.
 */
export const createSqsTables = (db: DatabaseSync): void =>
  db.exec(`
    CREATE TABLE IF NOT EXISTS sqs_queues (
      id INTEGER PRIMARY KEY, arn TEXT NOT NULL UNIQUE, name TEXT NOT NULL, region TEXT NOT NULL, account TEXT NOT NULL,
      attributes TEXT NOT NULL, tags TEXT NOT NULL, created_ms INTEGER NOT NULL, modified_ms INTEGER NOT NULL
    );
    CREATE TABLE IF NOT EXISTS sqs_messages (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, queue INTEGER NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
      attributes TEXT, trace TEXT, sender TEXT NOT NULL, source_arn TEXT,
      sent_ms INTEGER NOT NULL, arrived_ms INTEGER NOT NULL, visible_ms INTEGER NOT NULL,
      receives INTEGER NOT NULL DEFAULT 0, queue_receives INTEGER NOT NULL DEFAULT 0,
      first_receive_ms INTEGER, received_ms INTEGER, receipt TEXT
    );
    CREATE INDEX IF NOT EXISTS sqs_messages_visible ON sqs_messages (queue, visible_ms, seq);
    CREATE INDEX IF NOT EXISTS sqs_messages_sent ON sqs_messages (queue, sent_ms);
    CREATE TABLE IF NOT EXISTS sqs_move_tasks (
      handle TEXT PRIMARY KEY, source_arn TEXT NOT NULL, destination_arn TEXT, per_second INTEGER,
      status TEXT NOT NULL, moved INTEGER NOT NULL DEFAULT 0, to_move INTEGER NOT NULL, started_ms INTEGER NOT NULL,
      up_to_seq INTEGER NOT NULL, failure TEXT
    );
  `);
