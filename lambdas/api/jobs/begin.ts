import * as z from 'zod';
import { newAssetId } from '../../../core/asset-id.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { JobKind, JobRow } from '../../../core/jobs/job-row.ts';
import { once } from '../idempotency.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';

const Decision = z.object({ jobId: z.string() });

/** Something that an API call wants to have done by a job. */
export interface WantedJob {
  readonly operation: string;
  readonly idempotencyKey: string | undefined;
  readonly body: unknown;
  readonly job: JobKind;
  /** What it would do, found out once for each idempotency key. */
  readonly plan: () => Promise<{ readonly state: 'waiting' | 'running'; readonly input: Record<string, unknown> }>;
}

/** Plans a job, writes it down and starts it unless it has to be confirmed; once for each idempotency key. */
export const beginJob = async (wanted: WantedJob, caller: Caller, services: Services): Promise<JobRow> => {
  const { operation, idempotencyKey: key, body, job, plan } = wanted;
  const { jobId } = await once({ key, operation, body, outcome: Decision }, caller, services, async () => {
    const { state, input } = await plan();
    const id = `${job}-${newAssetId({ now: services.clock.now, random: services.random })}`;
    await services.jobs.start({
      tenant: caller.tenant,
      jobId: id,
      job,
      state,
      input,
      createdBy: caller.principal,
    });
    return { jobId: id };
  });
  return findJob(jobId, caller, services);
};

/** A job of the caller's tenant. */
export const findJob = async (
  jobId: string,
  caller: Caller,
  { jobRows }: Pick<Services, 'jobRows'>,
): Promise<JobRow> => {
  const row = await jobRows.read(caller.tenant, jobId);
  if (row !== undefined) return row;
  throw new MediakeepError('not-found', 'There is no such job in this tenant.');
};

/** Within its budget a job begins at once; without one it waits for a word. */
export const stateFor = (total: number, budget: number | undefined): 'waiting' | 'running' =>
  budget !== undefined && total <= budget ? 'running' : 'waiting';
