import type { DatabaseSync } from 'node:sqlite';

/** A table that was restored from another, as the service needs to know it after a restart. */
export interface RestoredTable {
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  readonly key: { readonly partition: string; readonly sort?: string };
  readonly indexes: readonly (readonly [name: string, key: { readonly partition: string; readonly sort?: string }])[];
  readonly kmsKeyId?: string;
  /** Where it came from, as DescribeTable tells. */
  readonly sourceArn: string;
  readonly restoredToMs: number;
}

/** Restored tables are in no template: their file remembers them. */
export interface RestoredTables {
  put(table: RestoredTable): void;
  remove(name: string): void;
  all(): RestoredTable[];
}

export const openRestoredTables = (db: DatabaseSync): RestoredTables => {
  db.exec(
    'CREATE TABLE IF NOT EXISTS mediakeep_restored (table_name TEXT PRIMARY KEY, detail TEXT NOT NULL) WITHOUT ROWID',
  );
  return {
    put: (table) =>
      void db.prepare('INSERT OR REPLACE INTO mediakeep_restored VALUES (?, ?)').run(table.name, JSON.stringify(table)),
    remove: (name) => void db.prepare('DELETE FROM mediakeep_restored WHERE table_name = ?').run(name),
    all: () =>
      db
        .prepare('SELECT detail FROM mediakeep_restored')
        .all()
        .map((row) => JSON.parse(String(row['detail']))),
  };
};
