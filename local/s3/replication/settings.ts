import type { DatabaseSync } from 'node:sqlite';
import type { ReplicationSettings } from './worker.ts';

/** How replication is set; survives restarts. */
export const replicationSettings = (db: DatabaseSync) => {
  db.exec(
    'CREATE TABLE IF NOT EXISTS s3_replication_settings (id INTEGER PRIMARY KEY CHECK (id = 1), lag_ms INTEGER NOT NULL, paused INTEGER NOT NULL)',
  );
  db.exec('INSERT OR IGNORE INTO s3_replication_settings (id, lag_ms, paused) VALUES (1, 0, 0)');
  const select = db.prepare('SELECT lag_ms, paused FROM s3_replication_settings WHERE id = 1');
  const update = db.prepare('UPDATE s3_replication_settings SET lag_ms = ?, paused = ? WHERE id = 1');
  let known: ReplicationSettings = {
    lagMs: Number(select.get()?.['lag_ms'] ?? 0),
    paused: select.get()?.['paused'] === 1,
  };
  return {
    read: (): ReplicationSettings => known,
    write(settings: ReplicationSettings): void {
      update.run(settings.lagMs, settings.paused ? 1 : 0);
      known = settings;
    },
  };
};
