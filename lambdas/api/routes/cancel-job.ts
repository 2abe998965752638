import { MediakeepError } from '../../../core/error.ts';
import { changedJob, type JobKind, type JobRow } from '../../../core/jobs/job-row.ts';
import { Job, JobPath } from '../../../core/schemas/job.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { findJob } from '../jobs/begin.ts';
import { toJob } from '../jobs/shape.ts';

/** What may be left half done: each asset is as good archived or restored as not. */
const divisible: readonly JobKind[] = ['archive', 'restore'];

/** Ends a job that waits or runs. */
export const cancelJob = endpoint({
  operation: 'cancelJob',
  summary: 'Cancel a job',
  description:
    'What it has done stays done: a restore that S3 has begun goes on, and is charged. Only archiving and restoring can be left half done.',
  shapes: { path: JobPath },
  answers: { 200: Job },
  errors: ['not-found', 'conflict', 'unprocessable'],
  run: async ({ path: { jobId }, caller }, services) => {
    const row = await findJob(jobId, caller, services);
    if (row.summary.state === 'cancelled') return { status: 200, body: toJob(row) };
    expectCancellable(row);
    const next = changedJob(row, { state: 'cancelled' }, isoTime(services.clock.now()));
    if (!(await services.jobRows.replace(row, next))) {
      throw new MediakeepError('conflict', 'The job has changed at the same time; read it again.');
    }
    return { status: 200, body: toJob(next) };
  },
});

const expectCancellable = ({ summary: { jobId, job, state } }: JobRow): void => {
  if (state !== 'waiting' && state !== 'running') {
    throw new MediakeepError('unprocessable', `The job ${jobId} has ended already: it has ${state}.`);
  }
  if (state === 'waiting' || divisible.includes(job)) return;
  throw new MediakeepError('unprocessable', `A job of the kind ${job} cannot be left half done; let it end.`);
};
