import { DatabaseSync } from 'node:sqlite';
import { isJsonObject, type JsonObject } from '../aws/json-object.ts';
import { openRestoredTables, type RestoredTables } from './restored-tables.ts';
import { openUndoLog, type UndoLog } from './undo-log.ts';

/**
 * Dynoxide's SQLite file, opened beside it. What Dynoxide lacks is added to its file:
 *
 * - an index over its stream records: it finds the next sequence number by reading every record ever written;
 * - a trigger that puts stream records on the platform's clock, by the offset in `mediakeep_clock`;
 * - what stood in a table before each write, for point-in-time recovery (see undo-log.ts);
 * - for each table with TTL an index over the TTL attribute, so that looking for expired rows costs nothing when there are none.
 */
export interface DynoxideFile {
  /** Tells stream records how far the platform's clock is ahead of the machine's. */
  setClockOffset(offsetMs: number): void;
  /** Deletes some of the stream records written before an instant; the newest of a table stays, because it holds the count. */
  trimStream(beforeMs: number): number;
  /** Prepares {@link expiredItems} for a table's TTL attribute. */
  indexTtl(table: string, attribute: string): void;
  /** Items whose TTL attribute lies in the window, oldest first. */
  expiredItems(table: string, attribute: string, window: TtlWindow): JsonObject[];
  /** The sequence number of a table's newest stream record. */
  lastSequence(table: string): number;
  /** Marks the removals after a sequence number as made by TTL, where the predicate knows their key. */
  markTtlRemovals(table: string, afterSequence: number, isExpired: (key: JsonObject) => boolean): void;
  /** What point-in-time recovery goes back by. */
  readonly undo: UndoLog;
  /** Tables that are in no template. */
  readonly restored: RestoredTables;
  close(): void;
}

/** Seconds since the epoch, both ends excluded, and at most how many items. */
export interface TtlWindow {
  readonly after: number;
  readonly before: number;
  readonly limit: number;
}

const additions = `
CREATE TABLE IF NOT EXISTS mediakeep_clock (one INTEGER PRIMARY KEY CHECK (one = 1), offset_seconds INTEGER NOT NULL);
INSERT OR IGNORE INTO mediakeep_clock VALUES (1, 0);
CREATE INDEX IF NOT EXISTS mediakeep_stream_sequence ON _stream_records (table_name, CAST(sequence_number AS INTEGER));
CREATE INDEX IF NOT EXISTS mediakeep_stream_age ON _stream_records (created_at);
CREATE TRIGGER IF NOT EXISTS mediakeep_stream_clock AFTER INSERT ON _stream_records
WHEN (SELECT offset_seconds FROM mediakeep_clock) <> 0
BEGIN
  UPDATE _stream_records SET created_at = created_at + (SELECT offset_seconds FROM mediakeep_clock) WHERE id = NEW.id;
END;
`;

/** What DynamoDB writes into the stream record of an item that TTL removed. */
const ttlIdentity = JSON.stringify({ Type: 'Service', PrincipalId: 'dynamodb.amazonaws.com' });

/** Opens the file of a Dynoxide that has started, and so has made its tables. */
export const openDynoxideFile = (path: string): DynoxideFile => {
  const db = openFile(path);
  db.exec(additions);
  const undo = openUndoLog(db, path, openFile);
  return {
    undo,
    restored: openRestoredTables(db),
    setClockOffset(offsetMs) {
      const seconds = Math.round(offsetMs / 1000);
      db.prepare('UPDATE mediakeep_clock SET offset_seconds = ? WHERE offset_seconds <> ?').run(seconds, seconds);
      undo.setClockOffset(offsetMs);
    },
    trimStream: (beforeMs) => trimStream(db, beforeMs),
    indexTtl: (table, attribute) => db.exec(ttlIndex(table, attribute)),
    expiredItems: (table, attribute, window) => expiredItems(db, { table, attribute, window }),
    lastSequence: (table) => lastSequence(db, table),
    markTtlRemovals(table, afterSequence, isExpired) {
      const update = db.prepare('UPDATE _stream_records SET user_identity = ? WHERE id = ?');
      for (const { id, key } of removals(db, table, afterSequence)) if (isExpired(key)) update.run(ttlIdentity, id);
    },
    close: () => db.close(),
  };
};

const openFile = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path);
  db.exec('PRAGMA busy_timeout = 10000; PRAGMA synchronous = NORMAL;');
  return db;
};

const sequence = 'CAST(sequence_number AS INTEGER)';

/** Few enough that neither Dynoxide nor the platform waits for long. */
const trimmedAtOnce = 2_000;

const trimSome = `
WITH newest AS MATERIALIZED (
  SELECT (SELECT id FROM _stream_records AS record WHERE record.table_name = _tables.table_name
          ORDER BY CAST(record.sequence_number AS INTEGER) DESC LIMIT 1) AS id FROM _tables)
DELETE FROM _stream_records WHERE id IN (
  SELECT id FROM _stream_records WHERE created_at < ? AND id NOT IN (SELECT id FROM newest WHERE id IS NOT NULL)
  ORDER BY created_at LIMIT ${trimmedAtOnce})
`;

const trimStream = (db: DatabaseSync, beforeMs: number): number =>
  Number(db.prepare(trimSome).run(Math.floor(beforeMs / 1000)).changes);

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
const ttlNumber = (attribute: string): string => `json_extract(item_json, ${literal(`$."${attribute}".N`)})`;

const ttlIndex = (table: string, attribute: string): string =>
  `CREATE INDEX IF NOT EXISTS ${identifier(`mediakeep_ttl_${table}_${attribute}`)} ON ${identifier(table)}
   (CAST(${ttlNumber(attribute)} AS INTEGER)) WHERE ${ttlNumber(attribute)} IS NOT NULL`;

const expiredItems = (
  db: DatabaseSync,
  { table, attribute, window }: { table: string; attribute: string; window: TtlWindow },
): JsonObject[] => {
  const at = `CAST(${ttlNumber(attribute)} AS INTEGER)`;
  return db
    .prepare(
      `SELECT item_json FROM ${identifier(table)} WHERE ${ttlNumber(attribute)} IS NOT NULL
       AND ${at} > ? AND ${at} < ? ORDER BY ${at} LIMIT ?`,
    )
    .all(window.after, window.before, window.limit)
    .map((row) => jsonColumn(row['item_json']));
};

const lastSequence = (db: DatabaseSync, table: string): number =>
  Number(
    db.prepare(`SELECT COALESCE(MAX(${sequence}), 0) AS last FROM _stream_records WHERE table_name = ?`).get(table)?.[
      'last'
    ],
  );

const removals = (db: DatabaseSync, table: string, afterSequence: number): { id: number; key: JsonObject }[] =>
  db
    .prepare(
      `SELECT id, keys_json FROM _stream_records WHERE table_name = ? AND ${sequence} > ? AND event_name = 'REMOVE'`,
    )
    .all(table, afterSequence)
    .map((row) => ({ id: Number(row['id']), key: jsonColumn(row['keys_json']) }));

const jsonColumn = (text: unknown): JsonObject => {
  const value: unknown = JSON.parse(String(text));
  if (!isJsonObject(value)) throw new Error('A row of Dynoxide does not hold a JSON object.');
  return value;
};
