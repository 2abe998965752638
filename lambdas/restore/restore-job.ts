import { CallbackTimeoutError, type DurableContext } from '@aws/durable-execution-sdk-js';
import { MediakeepError } from '../../core/error.ts';
import { RestoreInput } from '../../core/jobs/archive-input.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { Tier } from '../../core/restore/estimate.ts';
import type { Job, JobDefinition, Reporting } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import type { JobScopeCursor } from '../shared/job-scope.ts';
import type { WakeJob } from '../shared/wake-job.ts';
import { type IsThere, lookLate } from './late-look.ts';
import type { Notify } from './notify.ts';
import { addRequests, nothingRequested, type RequestDeps, type RequestTally, requestPage } from './request-page.ts';

export interface RestoreDeps extends RequestDeps {
  readonly isThere: IsThere;
  readonly wake: WakeJob;
  readonly notify: Notify;
}

/** How long S3 takes at most, over all classes that have the tier, and an hour on top. */
const patienceHours: Readonly<Record<Tier, number>> = { Expedited: 2, Standard: 13, Bulk: 49 };
/** So often it looks itself after S3 has told nothing in time. */
const mostLooks = 4;

/**
 * Asks for copies, sleeps until the catalog function wakes it because S3 has told of the last one, and tells people once. It
 * never asks S3 how far it is, but for one late look, and a few more, where S3 has told nothing in the time it takes at most.
 */
export const restoreJob: JobDefinition<RestoreInput, RestoreDeps> = {
  input: RestoreInput,
  async run(job, context, deps) {
    const tally = await request(job, context, deps);
    const awaited = tally.requested + tally.underWay;
    if (awaited > 0) await waitForAll(job, context, deps);
    const result = { ...tally, restored: awaited };
    await durableStep(context, 'report', () => deps.report(result));
    await durableStep(context, 'tell', () => deps.notify(job, result));
    return result;
  },
};

const request = (
  job: Job<RestoreInput>,
  context: DurableContext,
  deps: RestoreDeps & Reporting,
): Promise<RequestTally> =>
  runPages<JobScopeCursor, RequestTally>(context, {
    name: 'request',
    from: {},
    tally: nothingRequested,
    page: (cursor) => requestPage(job, cursor, deps),
    add: addRequests,
    report: (tally) => deps.report({ ...tally, restored: 0 }),
  });

const waitForAll = async (job: Job<RestoreInput>, context: DurableContext, deps: RestoreDeps): Promise<void> => {
  for (let look = 1; look <= mostLooks; look += 1) {
    const hours = look === 1 ? patienceHours[job.input.tier] : 6;
    if (await isWoken(job, { context, hours, look }, deps)) return;
    const { missing } = await durableStep(context, `look ${look}`, async () => {
      const found = await lookLate(job, deps);
      deps.meter.count(metricNames.restoresLate, found.found + found.missing);
      return found;
    });
    if (missing === 0) return;
  }
  throw new MediakeepError(
    'unavailable',
    'S3 has not restored everything in the time that it takes at most; start the restore again, which asks only for what is missing.',
  );
};

/** False where nobody has woken it in time. */
const isWoken = async (
  { tenant, jobId }: Job<RestoreInput>,
  { context, hours, look }: { readonly context: DurableContext; readonly hours: number; readonly look: number },
  { rows, wake }: RestoreDeps,
): Promise<boolean> => {
  try {
    await context.waitForCallback(
      `all there ${look}`,
      async (callbackId) => {
        await rows.setCallback(tenant, jobId, callbackId);
        // Whatever came before the callback was known has woken nobody.
        if ((await rows.left(tenant, jobId, 1)).length === 0) await wake(callbackId);
      },
      { timeout: { hours } },
    );
    return true;
  } catch (error) {
    if (error instanceof CallbackTimeoutError) return false;
    throw error;
  }
};
