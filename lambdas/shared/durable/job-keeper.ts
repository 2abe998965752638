import { MediakeepError } from '../../../core/error.ts';
import type { JobEvent } from '../../../core/jobs/job-event.ts';
import { changedJob, type JobProgress, type JobRow } from '../../../core/jobs/job-row.ts';
import { metricNames } from '../../../core/metric-names.ts';
import { type Clock, isoTime } from '../../../core/time.ts';
import type { JobTable } from '../job-table.ts';
import type { Log } from '../logger.ts';
import type { Meter } from '../metrics.ts';
import { JobCancelled, JobEnded, type JobFailure } from './failure.ts';

export interface JobKeeperDeps {
  readonly table: JobTable;
  readonly log: Log;
  readonly meter: Meter;
  readonly clock: Clock;
}

/** Keeps one job's row; each of these may be done again after a crash and comes to the same end. */
export interface JobKeeper {
  /** For the log. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Throws {@link JobEnded} unless the row says `running`: only such a job is worked on. */
  begin(): Promise<void>;
  readonly report: (progress: JobProgress) => Promise<void>;
  succeed(result: Readonly<Record<string, unknown>>): Promise<void>;
  fail(failure: JobFailure): Promise<void>;
}

type Change = Parameters<typeof changedJob>[1];

/** Somebody else writes a job's row only to cancel it, so a second try is nearly always enough. */
const maxTries = 5;

export const keepJob = (
  { table, log, meter, clock }: JobKeeperDeps,
  { tenant, jobId, job, part }: JobEvent,
): JobKeeper => {
  const fields = { jobId, job, ...(part !== undefined && { part }) };
  /** The row as it was read or written last: as long as nobody else writes it, a change needs no reading. */
  let known: JobRow | undefined;
  const current = async (): Promise<JobRow> => {
    known = await table.read(tenant, jobId);
    if (known !== undefined) return known;
    throw new MediakeepError('not-found', `The job ${jobId} has no row; start it in the way that writes one.`);
  };
  /** Changes a row that is running; answers the row as it stands where it is not. */
  const change = async (to: Change): Promise<{ row: JobRow; isChanged: boolean }> => {
    for (let tries = 0; tries < maxTries; tries += 1) {
      const row = known ?? (await current());
      if (row.summary.state !== 'running') return { row, isChanged: false };
      const changed = changedJob(row, to, isoTime(clock.now()));
      // An answer that was lost leaves open which of the two stands there.
      known = undefined;
      if (!(await table.replace(row, changed))) continue;
      known = changed;
      return { row, isChanged: true };
    }
    throw new MediakeepError('conflict', `The row of the job ${jobId} is changed all the time.`);
  };
  return {
    fields,
    async begin() {
      const { state } = (await current()).summary;
      log.info('a job begins', { ...fields, state });
      if (state !== 'running') throw new JobEnded(`The job ${jobId} is ${state}.`);
    },
    async report(progress) {
      const { row, isChanged } = await change({ progress });
      if (!isChanged) throw new JobCancelled(`The job ${jobId} is ${row.summary.state}.`);
    },
    async succeed(result) {
      const { row, isChanged } = await change({ state: 'succeeded', result });
      if (!isChanged) return;
      log.info('a job succeeded', fields);
      meter.count(metricNames.jobsSucceeded, 1, { job });
      meter.milliseconds(metricNames.jobDuration, clock.now() - Date.parse(row.summary.createdAt), { job });
    },
    async fail(failure) {
      const { isChanged } = await change({ state: 'failed', failure });
      if (isChanged) meter.count(metricNames.jobsFailed, 1, { job });
    },
  };
};
