import type { DatabaseSync } from 'node:sqlite';
import { isJsonObject, type JsonObject } from '../aws/json-object.ts';

/**
 * What makes point-in-time recovery possible: for each write to a table, what stood there before. It is written by triggers
 * inside Dynoxide's own transactions, so that a killed process loses neither a row nor the way back from it. The state at an
 * instant is the table as it is, with the oldest image after that instant in the place of every row that was written since;
 * new rows cost one small record, and forgetting what is too old is one delete.
 */
export interface UndoLog {
  /** Begins to keep what is overwritten in a table; answers since when that is done, in milliseconds since the epoch. */
  keep(table: string, nowMs: number): number;
  /** Since when a table can be wound back; undefined for one that cannot. */
  since(table: string): number | undefined;
  /** The items of a table at an instant, in pages, all of one moment of reading. */
  itemsAt(table: string, atMs: number): Generator<JsonObject[]>;
  /** Forgets what was overwritten before an instant. */
  trim(table: string, beforeMs: number): void;
  /** Forgets a table that is no more. */
  forget(table: string): void;
  /** Keeps what a table holds that is about to be deleted; backups of it lead there still. */
  bury(table: string, nowMs: number): void;
  /** Tables that were deleted, and when. */
  buried(): readonly { readonly table: string; readonly atMs: number }[];
  /** Since when a table is there again that had been deleted; undefined for any other. */
  bornAgain(table: string): number | undefined;
  setClockOffset(offsetMs: number): void;
}

const pageSize = 500;

const schema = `
CREATE TABLE IF NOT EXISTS mediakeep_undo (
  id INTEGER PRIMARY KEY AUTOINCREMENT, table_name TEXT NOT NULL, pk TEXT NOT NULL, sk TEXT NOT NULL,
  at INTEGER NOT NULL, item_json TEXT);
CREATE INDEX IF NOT EXISTS mediakeep_undo_at ON mediakeep_undo (table_name, at);
CREATE TABLE IF NOT EXISTS mediakeep_undo_since (table_name TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mediakeep_undo_buried (
  table_name TEXT PRIMARY KEY, at INTEGER NOT NULL, born INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS mediakeep_undo_clock (one INTEGER PRIMARY KEY CHECK (one = 1), offset_ms INTEGER NOT NULL);
INSERT OR IGNORE INTO mediakeep_undo_clock VALUES (1, 0);
`;

/** The platform's time in milliseconds, as a trigger can know it. */
const now = "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + (SELECT offset_ms FROM mediakeep_undo_clock)";

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Dynoxide writes every item by an upsert, before which the old row can still be read. */
const triggers = (table: string): string => `
CREATE TRIGGER IF NOT EXISTS ${identifier(`mediakeep_undo_write_${table}`)} BEFORE INSERT ON ${identifier(table)}
BEGIN
  INSERT INTO mediakeep_undo (table_name, pk, sk, at, item_json) VALUES (${literal(table)}, NEW.pk, NEW.sk, ${now},
    (SELECT item_json FROM ${identifier(table)} WHERE pk = NEW.pk AND sk = NEW.sk));
END;
CREATE TRIGGER IF NOT EXISTS ${identifier(`mediakeep_undo_delete_${table}`)} BEFORE DELETE ON ${identifier(table)}
BEGIN
  INSERT INTO mediakeep_undo (table_name, pk, sk, at, item_json)
  VALUES (${literal(table)}, OLD.pk, OLD.sk, ${now}, OLD.item_json);
END;`;

/** Opens the log in the file of a Dynoxide that has started. */
export const openUndoLog = (db: DatabaseSync, path: string, open: (path: string) => DatabaseSync): UndoLog => {
  db.exec(schema);
  const sinceOf = db.prepare('SELECT since FROM mediakeep_undo_since WHERE table_name = ?');
  const trim = db.prepare('DELETE FROM mediakeep_undo WHERE table_name = ? AND at < ?');
  const begin = db.prepare('UPDATE mediakeep_undo_since SET since = max(since, ?) WHERE table_name = ?');
  const since = (table: string): number | undefined => {
    const row = sinceOf.get(table);
    return row === undefined ? undefined : Number(row['since']);
  };
  return {
    keep(table, nowMs) {
      db.exec(triggers(table));
      db.prepare('INSERT OR IGNORE INTO mediakeep_undo_since VALUES (?, ?)').run(table, nowMs);
      db.prepare('UPDATE mediakeep_undo_buried SET born = ? WHERE table_name = ? AND born IS NULL').run(nowMs, table);
      return since(table) ?? nowMs;
    },
    since,
    *itemsAt(table, atMs) {
      // A connection of its own: its one statement reads one moment, however long the reader takes.
      const reader = open(path);
      try {
        yield* pagesOf(reader, table, atMs);
      } finally {
        reader.close();
      }
    },
    trim(table, beforeMs) {
      trim.run(table, beforeMs);
      begin.run(beforeMs, table);
    },
    forget(table) {
      db.prepare('DELETE FROM mediakeep_undo WHERE table_name = ?').run(table);
      db.prepare('DELETE FROM mediakeep_undo_since WHERE table_name = ?').run(table);
    },
    bury(table, nowMs) {
      db.prepare(`
        INSERT INTO mediakeep_undo (table_name, pk, sk, at, item_json)
        SELECT ?, pk, sk, ?, item_json FROM ${identifier(table)}`).run(table, nowMs);
      db.prepare('INSERT OR REPLACE INTO mediakeep_undo_buried VALUES (?, ?, NULL)').run(table, nowMs);
    },
    buried: () =>
      db
        .prepare('SELECT table_name, at FROM mediakeep_undo_buried')
        .all()
        .map((row) => ({ table: String(row['table_name']), atMs: Number(row['at']) })),
    bornAgain(table) {
      const born = db.prepare('SELECT born FROM mediakeep_undo_buried WHERE table_name = ?').get(table)?.['born'];
      return typeof born === 'number' ? born : undefined;
    },
    setClockOffset(offsetMs) {
      const whole = Math.round(offsetMs);
      db.prepare('UPDATE mediakeep_undo_clock SET offset_ms = ? WHERE offset_ms <> ?').run(whole, whole);
    },
  };
};

function* pagesOf(reader: DatabaseSync, table: string, atMs: number): Generator<JsonObject[]> {
  const statement = reader.prepare(`
    WITH first AS MATERIALIZED (
      SELECT pk, sk, item_json, min(id) FROM mediakeep_undo WHERE table_name = ?1 AND at > ?2 GROUP BY pk, sk)
    SELECT item_json FROM first WHERE item_json IS NOT NULL
    UNION ALL
    SELECT item_json FROM ${identifier(table)} AS live
    WHERE NOT EXISTS (SELECT 1 FROM first WHERE first.pk = live.pk AND first.sk = live.sk)`);
  let page: JsonObject[] = [];
  for (const row of statement.iterate(table, atMs)) {
    const item: unknown = JSON.parse(String(row['item_json']));
    if (!isJsonObject(item)) throw new Error('A row of Dynoxide does not hold a JSON object.');
    page.push(item);
    if (page.length < pageSize) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
