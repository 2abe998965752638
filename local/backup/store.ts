import type { DatabaseSync } from 'node:sqlite';
import type { Job, JobKind, RecoveryPoint } from './model.ts';

/** Recovery points and jobs, over restarts. */
export interface BackupStore {
  putPoint(point: RecoveryPoint): void;
  removePoint(arn: string): void;
  point(arn: string): RecoveryPoint | undefined;
  /** Newest first. */
  points(): readonly RecoveryPoint[];
  putJob(job: Job): void;
  job(kind: JobKind, id: string): Job | undefined;
  /** Newest first. */
  jobs(kind: JobKind): readonly Job[];
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
  const sql = statementsOf(db);
  const detail = <T>(row: Record<string, unknown> | undefined): T | undefined =>
    row === undefined ? undefined : JSON.parse(String(row['detail']));
  const all = <T>(rows: readonly Record<string, unknown>[]): readonly T[] =>
    rows.map((row) => JSON.parse(String(row['detail'])));
  const known = knownPoints(() => all<RecoveryPoint>(sql.points.all()));
  const jobs = new Map<JobKind, readonly Job[]>();
  return {
    putPoint(point) {
      sql.putPoint.run(point.arn, point.createdMs, JSON.stringify(point));
      known.put(point);
    },
    removePoint(arn) {
      sql.removePoint.run(arn);
      known.remove(arn);
    },
    point: (arn) => detail(sql.point.get(arn)),
    points: () => known.inOrder(),
    putJob(job) {
      sql.putJob.run(job.kind, job.id, job.createdMs, JSON.stringify(job));
      jobs.delete(job.kind);
    },
    job: (kind, id) => detail(sql.job.get(kind, id)),
    jobs(kind) {
      const ofKind = jobs.get(kind) ?? all<Job>(sql.jobs.all(kind));
      jobs.set(kind, ofKind);
      return ofKind;
    },
    lastRun() {
      const row = sql.lastRun.get();
      return row === undefined ? undefined : Number(row['last']);
    },
    setLastRun: (ms) => void sql.setLastRun.run(ms),
  };
};

/** The recovery points as they were read once: each look at what is due goes through them several times, each backup as well. */
const knownPoints = (read: () => readonly RecoveryPoint[]) => {
  const byArn = new Map<string, RecoveryPoint>();
  let isRead = false;
  let ordered: readonly RecoveryPoint[] | undefined;
  return {
    put(point: RecoveryPoint): void {
      byArn.set(point.arn, point);
      ordered = undefined;
    },
    remove(arn: string): void {
      byArn.delete(arn);
      ordered = undefined;
    },
    inOrder(): readonly RecoveryPoint[] {
      if (!isRead) for (const point of read()) byArn.set(point.arn, point);
      isRead = true;
      ordered ??= [...byArn.values()].sort((a, b) => b.createdMs - a.createdMs || (a.arn < b.arn ? -1 : 1));
      return ordered;
    },
  };
};

const statementsOf = (db: DatabaseSync) => ({
  putPoint: db.prepare('INSERT OR REPLACE INTO backup_points VALUES (?, ?, ?)'),
  removePoint: db.prepare('DELETE FROM backup_points WHERE arn = ?'),
  point: db.prepare('SELECT detail FROM backup_points WHERE arn = ?'),
  points: db.prepare('SELECT detail FROM backup_points ORDER BY created DESC, arn'),
  putJob: db.prepare('INSERT OR REPLACE INTO backup_jobs VALUES (?, ?, ?, ?)'),
  job: db.prepare('SELECT detail FROM backup_jobs WHERE kind = ? AND id = ?'),
  jobs: db.prepare('SELECT detail FROM backup_jobs WHERE kind = ? ORDER BY created DESC, id'),
  lastRun: db.prepare('SELECT last FROM backup_runs'),
  setLastRun: db.prepare('INSERT OR REPLACE INTO backup_runs VALUES (1, ?)'),
});
