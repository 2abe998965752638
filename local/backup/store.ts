import type { DatabaseSync } from 'node:sqlite';
import type { Job, JobKind, RecoveryPoint } from './model.ts';

/** Recovery points and jobs, over restarts. */
export interface BackupStore {
  putPoint(point: RecoveryPoint): void;
  removePoint(arn: string): void;
  point(arn: string): RecoveryPoint | undefined;
  /** Newest first. */
  points(): RecoveryPoint[];
  putJob(job: Job): void;
  job(kind: JobKind, id: string): Job | undefined;
  /** Newest first. */
  jobs(kind: JobKind): Job[];
  /** Up to when the schedules have run. */
  lastRun(): number | undefined;
  setLastRun(ms: number): void;
}

export const openBackupStore = (db: DatabaseSync): BackupStore => {
  db.exec(`
    CREATE TABLE IF NOT EXISTS backup_points (
      arn TEXT PRIMARY KEY, created INTEGER NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS backup_jobs (
      kind TEXT NOT NULL, id TEXT NOT NULL, created INTEGER NOT NULL, detail TEXT NOT NULL, PRIMARY KEY (kind, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS backup_runs (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
  `);
  const detail = <T>(row: Record<string, unknown> | undefined): T | undefined =>
    row === undefined ? undefined : JSON.parse(String(row['detail']));
  const all = <T>(rows: readonly Record<string, unknown>[]): T[] =>
    rows.map((row) => JSON.parse(String(row['detail'])));
  return {
    putPoint: (point) =>
      void db
        .prepare('INSERT OR REPLACE INTO backup_points VALUES (?, ?, ?)')
        .run(point.arn, point.createdMs, JSON.stringify(point)),
    removePoint: (arn) => void db.prepare('DELETE FROM backup_points WHERE arn = ?').run(arn),
    point: (arn) => detail(db.prepare('SELECT detail FROM backup_points WHERE arn = ?').get(arn)),
    points: () => all(db.prepare('SELECT detail FROM backup_points ORDER BY created DESC, arn').all()),
    putJob: (job) =>
      void db
        .prepare('INSERT OR REPLACE INTO backup_jobs VALUES (?, ?, ?, ?)')
        .run(job.kind, job.id, job.createdMs, JSON.stringify(job)),
    job: (kind, id) => detail(db.prepare('SELECT detail FROM backup_jobs WHERE kind = ? AND id = ?').get(kind, id)),
    jobs: (kind) =>
      all(db.prepare('SELECT detail FROM backup_jobs WHERE kind = ? ORDER BY created DESC, id').all(kind)),
    lastRun() {
      const row = db.prepare('SELECT last FROM backup_runs').get();
      return row === undefined ? undefined : Number(row['last']);
    },
    setLastRun: (ms) => void db.prepare('INSERT OR REPLACE INTO backup_runs VALUES (1, ?)').run(ms),
  };
};
