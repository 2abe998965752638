import { Job, JobPath } from '../../../core/schemas/job.ts';
import { endpoint } from '../endpoint.ts';
import { findJob } from '../jobs/begin.ts';
import { toJob } from '../jobs/shape.ts';

/** Lets a waiting job begin. */
export const confirmJob = endpoint({
  operation: 'confirmJob',
  summary: 'Confirm a job',
  description: 'For a job that waits because nobody has agreed to its cost. Safe to repeat.',
  shapes: { path: JobPath },
  answers: { 202: Job },
  errors: ['not-found', 'conflict'],
  run: async ({ path: { jobId }, caller }, services) => {
    const { summary } = await findJob(jobId, caller, services);
    const row =
      summary.state === 'succeeded'
        ? await findJob(jobId, caller, services)
        : await services.jobs.confirm(caller.tenant, jobId);
    return { status: 202, body: toJob(row) };
  },
});
