import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens the platform's own database: one file for all services, each with tables of its own prefix. Write-ahead logging with
 * `synchronous=NORMAL` keeps every commit over a killed process; only a power cut could take the last ones. The file is locked
 * for as long as it is open: nobody else reads or writes it, and no statement has to ask whether somebody did. Pages are of
 * twice the usual size, so that the row of an object version, about 1.2 KB, needs no page of its own for its end.
 */
export const openStore = (dataDir: string | undefined): DatabaseSync => {
  if (dataDir !== undefined) mkdirSync(dataDir, { recursive: true });
  const db = new DatabaseSync(dataDir === undefined ? ':memory:' : join(dataDir, 'platform.sqlite'));
  db.exec(
    'PRAGMA page_size = 8192; PRAGMA busy_timeout = 5000; PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;',
  );
  db.exec('CREATE TABLE IF NOT EXISTS platform_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID');
  return db;
};

/** A named value that survives restarts. */
export const readSetting = (db: DatabaseSync, name: string): string | undefined => {
  const row = db.prepare('SELECT value FROM platform_settings WHERE name = ?').get(name);
  return typeof row?.['value'] === 'string' ? row['value'] : undefined;
};

export const writeSetting = (db: DatabaseSync, name: string, value: string): void => {
  db.prepare(
    'INSERT INTO platform_settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  ).run(name, value);
};
