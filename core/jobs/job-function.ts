import type { JobKind } from './job-row.ts';

/** The durable functions: one for each kind of right that long work needs. */
export type JobFunction = 'archive' | 'hold' | 'reconcile' | 'recover' | 'restore' | 'sweep';

/** Which function does which job. */
export const functionOfJob: Readonly<Record<JobKind, JobFunction>> = {
  archive: 'archive',
  drill: 'recover',
  hold: 'hold',
  pack: 'archive',
  rebuild: 'reconcile',
  reconcile: 'reconcile',
  recover: 'recover',
  restore: 'restore',
  retention: 'sweep',
  scrub: 'reconcile',
  sweep: 'sweep',
};

/** The alias through which every job is started; an execution stays with the version that it began with. */
export const jobAlias = 'live';

/** The variable in which a function that starts jobs finds a durable function: `SWEEP_FUNCTION`, the ARN of its alias. */
export const jobFunctionVariable = (name: JobFunction): string => `${name.toUpperCase()}_FUNCTION`;
