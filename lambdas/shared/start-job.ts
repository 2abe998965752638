import { MediakeepError } from '../../core/error.ts';
import { canonicalJson } from '../../core/facts.ts';
import { functionOfJob, jobFunctionVariable } from '../../core/jobs/job-function.ts';
import { changedJob, type JobKind, type JobRow, type NewJob, newJobRow } from '../../core/jobs/job-row.ts';
import type { Clock } from '../../core/time.ts';
import type { JobTable } from './job-table.ts';
import type { StartExecution } from './start-execution.ts';

export interface StartJobDeps {
  readonly table: JobTable;
  readonly start: StartExecution;
  /** The ARN of the alias through which a job of this kind is started. */
  readonly functionFor: (job: JobKind) => string;
  readonly clock: Clock;
}

/** What somebody wants to have done; `waiting` jobs only get their row, until {@link JobStarter.confirm}. */
export type JobRequest = Omit<NewJob, 'createdAt' | 'state'> & { readonly state?: NewJob['state'] };

export interface JobStarter {
  /**
   * Writes the row and starts the execution, each at most once for the same id: a repeated call finishes what the first one
   * began. Throws `conflict` where the id belongs to another job or another input.
   */
  start(request: JobRequest): Promise<JobRow>;
  /** Starts a job that was waiting; throws `not-found`, or `conflict` where it has ended. */
  confirm(tenant: string, jobId: string): Promise<JobRow>;
}

/** Starts jobs: the row first, so that no execution runs that nobody can find, then the execution under the job's id. */
export const createJobStarter = (deps: StartJobDeps): JobStarter => ({
  async start({ state = 'running', ...request }) {
    const wanted = newJobRow({ ...request, state, createdAt: new Date(deps.clock.now()).toISOString() });
    const row = (await deps.table.create(wanted)) ? wanted : await knownRow(deps, wanted);
    if (row.summary.state === 'running') await execute(deps, row);
    return row;
  },
  async confirm(tenant, jobId) {
    const row = await deps.table.read(tenant, jobId);
    if (row === undefined) throw new MediakeepError('not-found', `There is no job ${jobId}.`);
    const running = row.summary.state === 'running' ? row : await beginRunning(deps, row);
    await execute(deps, running);
    return running;
  },
});

const execute = ({ start, functionFor }: StartJobDeps, { tenant, summary, input }: JobRow): Promise<void> =>
  start(functionFor(summary.job), { tenant, jobId: summary.jobId, job: summary.job, input });

const knownRow = async ({ table }: StartJobDeps, { tenant, summary, input }: JobRow): Promise<JobRow> => {
  const known = await table.read(tenant, summary.jobId);
  if (known === undefined) throw new MediakeepError('conflict', `The job ${summary.jobId} was removed just now.`);
  if (known.summary.job === summary.job && canonicalJson(known.input) === canonicalJson(input)) return known;
  throw new MediakeepError('conflict', `The id ${summary.jobId} belongs to another job; choose a new one.`);
};

const beginRunning = async ({ table, clock }: StartJobDeps, row: JobRow): Promise<JobRow> => {
  const { jobId, state } = row.summary;
  if (state !== 'waiting') throw new MediakeepError('conflict', `The job ${jobId} has ended: it is ${state}.`);
  const running = changedJob(row, { state: 'running' }, new Date(clock.now()).toISOString());
  if (await table.replace(row, running)) return running;
  throw new MediakeepError('conflict', `Somebody else changed the job ${jobId} at the same time; look at it again.`);
};

/** Finds the functions of jobs in the environment, where their constructs have put them for who may start them. */
export const functionsFromEnvironment =
  (environment: Readonly<Record<string, string | undefined>>) =>
  (job: JobKind): string => {
    const variable = jobFunctionVariable(functionOfJob[job]);
    const name = environment[variable];
    if (name !== undefined && name !== '') return name;
    throw new MediakeepError(
      'internal',
      `This function may not start jobs of the kind ${job}: ${variable} is not set.`,
    );
  };
