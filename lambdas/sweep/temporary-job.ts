import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { metricNames } from '../../core/metric-names.ts';
import { hours } from '../../core/time.ts';
import type { Reporting } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import { keepHolds } from './keep-holds.ts';
import type { SweepDeps } from './ports.ts';
import { addRemoved, nothingRemoved, temporaryPage } from './temporary-page.ts';

/** How long things lie in the scratch bucket. */
const scratchMs = hours(24);

/** The hourly sweep: removes by version what was made for a day, and lays holds on what has come since the last hour. */
export const sweepTemporary = async (
  { jobId }: { readonly jobId: string },
  context: DurableContext,
  deps: SweepDeps & Reporting,
): Promise<Record<string, unknown>> => {
  const sums = { tally: nothingRemoved, add: addRemoved, report: deps.report };
  const temporary = await runPages(context, {
    ...sums,
    name: 'temporary',
    from: { list: 0 },
    page: (cursor) => temporaryPage(cursor, deps),
  });
  const scratch = await runPages(context, {
    ...sums,
    name: 'scratch',
    from: { after: '' },
    page: async ({ after }) => {
      const { next, versions, bytes } = await deps.scratch.clean(deps.clock.now() - scratchMs, after || undefined);
      deps.meter.count(metricNames.temporaryRemoved, versions);
      deps.meter.bytes(metricNames.temporaryFreed, bytes);
      return { next: next === undefined ? undefined : { after: next }, tally: { versions, bytes } };
    },
  });
  const holds = await durableStep(context, 'keep holds', () => keepHolds({ jobId, everything: false }, deps));
  return { temporary: temporary.versions, scratch: scratch.versions, ...addRemoved(temporary, scratch), ...holds };
};
