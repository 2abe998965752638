import * as z from 'zod';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import type { ReconcileDeps } from './ports.ts';
import { reportPrefix } from './reconcile-job.ts';
import { Scope, vaultPrefixes } from './scope.ts';
import { scrubByS3 } from './scrub-by-s3.ts';
import { scrubPage } from './scrub-page.ts';
import { mostBytes, shareOf } from './scrub-share.ts';
import { addScrubs, emptyScrub, type ScrubTally, scrubProgress } from './scrub-tally.ts';
import { firstPrefix, type PrefixCursor } from './vault-pass.ts';

/** What a scrub is asked for. */
export const ScrubInput = z.strictObject({
  /** In how many days the whole vault is read; 1 reads all of it now. @default the deployment's `scrubEvery` */
  everyDays: z.int().min(1).max(3650).optional(),
  /** Whether corrupt bytes are put back from the second region. */
  heal: z.boolean().default(true),
  /** What is larger is read by S3 itself, in a job of its own. @default 8 GiB */
  largeBytes: z.int().min(1).max(mostBytes).default(mostBytes),
  scope: Scope.default({}),
});
export type ScrubInput = z.infer<typeof ScrubInput>;

/** Reads the day's share of the vault again and compares each content with its checksum. */
export const scrubJob: JobDefinition<ScrubInput, ReconcileDeps> = {
  input: ScrubInput,
  async run({ jobId, input }, context, deps) {
    const report = reportPrefix('scrub', jobId);
    const prefixes = vaultPrefixes(input.scope, deps.classes);
    const shareAt = (at: number) => shareOf(at, input.everyDays ?? deps.scrubEveryDays);
    const tell = async (total: ScrubTally, startedAt: number): Promise<void> => {
      const times = { startedAt: isoTime(startedAt), endedAt: isoTime(deps.clock.now()) };
      const body = { v: 1, job: 'scrub', jobId, ...times, share: shareAt(startedAt), ...total };
      await deps.reports.put(`${report}/report.json`, `${JSON.stringify(body, undefined, 1)}\n`);
    };
    const { heal, largeBytes } = input;
    const name = `scrub-${jobId}`;
    const read = await runPages<ScrubCursor, ScrubTally>(context, {
      name: 'scrub',
      from: firstPrefix,
      tally: emptyScrub,
      page: async (cursor) => {
        const { startedAt = deps.clock.now() } = cursor;
        const props = { prefixes, share: shareAt(startedAt), heal, report, name, largeBytes, startedAt };
        const { tally, next } = await scrubPage(cursor, props, deps);
        return { tally, ...(next && { next: { ...next, startedAt } }) };
      },
      add: addScrubs,
      report: (tally) => deps.report(scrubProgress(tally)),
      finish: async (total, { startedAt = deps.clock.now() }) => {
        if (total.large === 0) await tell(total, startedAt);
      },
    });
    const sum = read.large === 0 ? read : await scrubByS3(context, { name, heal, report, read, tell }, deps);
    return {
      report: `${report}/report.json`,
      ...scrubProgress(sum),
      findingsByKind: sum.findings,
      settled: sum.settled,
    };
  },
};

/** The instant of the beginning, from the second page on, decides whose turn it is. */
interface ScrubCursor extends PrefixCursor {
  readonly startedAt?: number;
}
