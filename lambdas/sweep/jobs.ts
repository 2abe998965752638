import * as z from 'zod';
import type { IndexPosition } from '../shared/asset-index.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { sweepDue } from './due-job.ts';
import type { SweepDeps } from './ports.ts';
import { purge } from './purge-job.ts';
import { addMoved, nothingMoved, reevaluatePage } from './reevaluate-page.ts';
import { sweepTemporary } from './temporary-job.ts';

/** `due` every day, `temporary` every hour, `purge` where an administrator asks for it. */
const SweepInput = z.discriminatedUnion('part', [
  z.strictObject({ part: z.literal('due') }),
  z.strictObject({ part: z.literal('temporary') }),
  z.strictObject({ part: z.literal('purge'), assetId: z.string(), reason: z.string().optional() }),
]);
type SweepInput = z.infer<typeof SweepInput>;

/** Ends what is over. */
export const sweepJob: JobDefinition<SweepInput, SweepDeps> = {
  input: SweepInput,
  run: ({ tenant, jobId, input }, context, deps) => {
    if (input.part === 'due') return sweepDue({ jobId }, context, deps);
    if (input.part === 'temporary') return sweepTemporary({ jobId }, context, deps);
    return purge({ tenant, assetId: input.assetId }, context, deps);
  },
};

const RetentionInput = z.strictObject({ class: z.string(), principal: z.string().optional() });
type RetentionInput = z.infer<typeof RetentionInput>;

interface From {
  readonly after?: IndexPosition;
}

/** Looks at everything that a changed rule speaks of. */
export const retentionJob: JobDefinition<RetentionInput, SweepDeps> = {
  input: RetentionInput,
  run: ({ tenant, input }, context, deps) =>
    runPages(context, {
      name: 'reevaluate',
      from: {} as From,
      tally: nothingMoved,
      page: async ({ after }) => {
        const { tally, next } = await reevaluatePage(tenant, input, after, deps);
        return { tally, next: next === undefined ? undefined : { after: next } };
      },
      add: addMoved,
      report: deps.report,
    }),
};
