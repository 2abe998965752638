import { jobKey, jobsPartition, type TableKey } from '../catalog/keys.ts';

/** Work that takes longer than a request; each kind is done by one durable function. */
export type JobKind =
  | 'archive'
  | 'drill'
  | 'hold'
  | 'pack'
  | 'rebuild'
  | 'reconcile'
  | 'recover'
  | 'restore'
  | 'retention'
  | 'scrub'
  | 'sweep';

/**
 * `waiting`: it says what it would do and what that costs, and wants to be confirmed. `running`: an execution does it.
 * The other three are ends.
 */
export type JobState = 'waiting' | 'running' | 'succeeded' | 'failed' | 'cancelled';

/** How far a job is: counted things, never lists and nothing personal. */
export type JobProgress = Readonly<Record<string, number>>;

/** What a list shows of a job. */
export interface JobSummary {
  readonly jobId: string;
  readonly job: JobKind;
  readonly state: JobState;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly updatedAt: string;
}

/**
 * A job of a tenant, or of the whole deployment under `operatorTenant`. The id is the name of its execution, so that a job
 * that is started twice runs once. Written by who asks for it, then by the function that does it.
 */
export interface JobRow extends TableKey {
  readonly kind: 'job';
  readonly tenant: string;
  readonly summary: JobSummary;
  /** What was asked for, as the function's schema of its kind says. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly progress: JobProgress;
  /** What came of it, once it has succeeded. */
  readonly result?: Readonly<Record<string, unknown>>;
  /** Why it failed: a code and a sentence for people. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** Grows by one with each write. */
  readonly revision: number;
  /** `{t}#jobs#{state}` / time and id. */
  readonly g1pk: string;
  readonly g1sk: string;
}

/** What a new job is made of. */
export type NewJob = Pick<JobRow, 'tenant' | 'input'> &
  Pick<JobSummary, 'jobId' | 'job' | 'createdAt' | 'createdBy'> & { readonly state: 'waiting' | 'running' };

export const newJobRow = ({ tenant, input, jobId, job, state, createdAt, createdBy }: NewJob): JobRow =>
  withState({
    ...jobKey(tenant, jobId),
    kind: 'job',
    tenant,
    summary: { jobId, job, state, createdAt, createdBy, updatedAt: createdAt },
    input,
    progress: {},
    revision: 1,
  });

/** The row after something happened to the job. */
export const changedJob = (
  row: JobRow,
  change: Partial<Pick<JobRow, 'progress' | 'result' | 'failure'>> & { readonly state?: JobState },
  at: string,
): JobRow => {
  const { state = row.summary.state, ...rest } = change;
  return withState({
    ...row,
    ...rest,
    summary: { ...row.summary, state, updatedAt: at },
    revision: row.revision + 1,
  });
};

const withState = (row: Omit<JobRow, 'g1pk' | 'g1sk'>): JobRow => ({
  ...row,
  g1pk: jobsPartition(row.tenant, row.summary.state),
  g1sk: `${row.summary.createdAt}#${row.summary.jobId}`,
});
