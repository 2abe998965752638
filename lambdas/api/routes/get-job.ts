import { Job, JobPath } from '../../../core/schemas/job.ts';
import { endpoint } from '../endpoint.ts';
import { findJob } from '../jobs/begin.ts';
import { toJob } from '../jobs/shape.ts';

/** How far a job is, what it was asked and what came of it. */
export const getJob = endpoint({
  operation: 'getJob',
  summary: 'Read a job',
  shapes: { path: JobPath },
  answers: { 200: Job },
  errors: ['not-found'],
  run: async ({ path: { jobId }, caller }, services) => ({
    status: 200,
    body: toJob(await findJob(jobId, caller, services)),
  }),
});
