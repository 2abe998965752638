import type { DatabaseSync } from 'node:sqlite';
import type { ChecksumAlgorithm } from '../checksums/algorithm.ts';
import type { Row } from '../store/row.ts';
import { text } from '../store/row.ts';

export type BatchJobStatus = 'Suspended' | 'Active' | 'Complete' | 'Failed' | 'Cancelled';

/** What of a bucket a job goes through. */
export interface BatchFilter {
  /** Statuses of the copies that are wanted; empty for all. `NONE` has no copy. */
  readonly statuses: readonly string[];
  /** Keys begin with one of these; empty for all. */
  readonly prefixes: readonly string[];
  readonly createdAfter?: number;
  readonly createdBefore?: number;
}

/** Where a job tells what became of each object. */
export interface BatchReport {
  readonly bucket: string;
  readonly prefix?: string;
  readonly scope: 'AllTasks' | 'FailedTasksOnly';
}

/** What every job has. */
interface JobBase {
  readonly id: string;
  readonly region: string;
  readonly token: string;
  readonly status: BatchJobStatus;
  readonly description: string;
  readonly priority: number;
  readonly roleArn: string;
  readonly createdAt: number;
  readonly endedAt?: number;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly reason?: string;
}

/** Goes through the versions of a bucket and copies those that match. */
export interface ReplicationJob extends JobBase {
  readonly operation?: undefined;
  readonly sourceBucket: string;
  readonly filter: BatchFilter;
  /** The version after which it goes on. */
  readonly after?: { readonly key: string; readonly seq: number };
}

/** Reads what a list names and tells the checksum of each. */
export interface ChecksumJob extends JobBase {
  readonly operation: 'S3ComputeObjectChecksum';
  readonly algorithm: ChecksumAlgorithm;
  readonly manifest: {
    readonly bucket: string;
    readonly key: string;
    readonly etag: string;
    /** What each column is: `Bucket`, `Key`, `VersionId` or `Ignore`. */
    readonly fields: readonly string[];
  };
  readonly report?: BatchReport;
}

export type BatchJob = ReplicationJob | ChecksumJob;

/** What the API calls the work of a job. */
export const operationOf = ({ operation }: BatchJob | RequestedWork): string => operation ?? 'S3ReplicateObject';

/** What a job is asked to do, before it is one. */
export type RequestedWork =
  | Pick<ReplicationJob, 'operation' | 'sourceBucket' | 'filter'>
  | Pick<ChecksumJob, 'operation' | 'algorithm' | 'manifest' | 'report'>;

/** The jobs; they outlive the process. */
export interface BatchJobs {
  find(id: string): BatchJob | undefined;
  byToken(region: string, token: string): BatchJob | undefined;
  all(): BatchJob[];
  put(job: BatchJob): void;
}

/** Opens the table of jobs. */
export const openBatchJobs = (db: DatabaseSync): BatchJobs => {
  db.exec(
    'CREATE TABLE IF NOT EXISTS s3_batch_jobs (id TEXT PRIMARY KEY, token TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID',
  );
  const find = db.prepare('SELECT detail FROM s3_batch_jobs WHERE id = ?');
  const byToken = db.prepare('SELECT detail FROM s3_batch_jobs WHERE token = ?');
  const all = db.prepare('SELECT detail FROM s3_batch_jobs');
  const put = db.prepare('INSERT OR REPLACE INTO s3_batch_jobs (id, token, detail) VALUES (?, ?, ?)');
  const read = (row: Row | undefined): BatchJob | undefined =>
    row === undefined ? undefined : JSON.parse(text(row, 'detail'));
  return {
    find: (id) => read(find.get(id)),
    byToken: (region, token) => read(byToken.get(`${region} ${token}`)),
    all: () => all.all().flatMap((row) => read(row) ?? []),
    put: (job) => void put.run(job.id, `${job.region} ${job.token}`, JSON.stringify(job)),
  };
};
