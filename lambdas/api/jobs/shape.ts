import type { JobRow } from '../../../core/jobs/job-row.ts';
import { type Job, JobEstimate } from '../../../core/schemas/job.ts';

/** A job as its own page shows it; the estimate stands beside what was asked for. */
export const toJob = ({ summary, input, progress, result, failure }: JobRow): Job => {
  const { estimate, ...asked } = input;
  const told = JobEstimate.safeParse(estimate).data;
  return {
    ...summary,
    input: asked,
    progress: { ...progress },
    ...(result === undefined ? {} : { result: { ...result } }),
    ...(failure === undefined ? {} : { failure }),
    ...(told === undefined ? {} : { estimate: told }),
  };
};
