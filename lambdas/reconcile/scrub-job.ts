import * as z from 'zod';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import type { ReconcileDeps } from './ports.ts';
import { reportPrefix } from './reconcile-job.ts';
import { Scope, vaultPrefixes } from './scope.ts';
import { emptyScrub, type ScrubTally, scrubPage } from './scrub-page.ts';
import { shareOf } from './scrub-share.ts';
import { addTallies, progressOf } from './tally.ts';
import { firstPrefix, type PrefixCursor } from './vault-pass.ts';

/** What a scrub is asked for. */
export const ScrubInput = z.strictObject({
  /** In how many days the whole vault is read; 1 reads all of it now. @default the deployment's `scrubEvery` */
  everyDays: z.int().min(1).max(3650).optional(),
  /** Whether corrupt bytes are put back from the second region. */
  heal: z.boolean().default(true),
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
    const sum = await runPages<ScrubCursor, ScrubTally>(context, {
      name: 'scrub',
      from: firstPrefix,
      tally: emptyScrub,
      page: async (cursor) => {
        const { startedAt = deps.clock.now() } = cursor;
        const props = { prefixes, share: shareAt(startedAt), heal: input.heal, report };
        const { tally, next } = await scrubPage(cursor, props, deps);
        return { tally, ...(next && { next: { ...next, startedAt } }) };
      },
      add,
      report: (tally) => deps.report(scrubProgress(tally)),
      finish: async (total, { startedAt = deps.clock.now() }) => {
        const times = { startedAt: isoTime(startedAt), endedAt: isoTime(deps.clock.now()) };
        const body = { v: 1, job: 'scrub', jobId, ...times, share: shareAt(startedAt), ...total };
        await deps.reports.put(`${report}/report.json`, `${JSON.stringify(body, undefined, 1)}\n`);
      },
    });
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

const add = (a: ScrubTally, b: ScrubTally): ScrubTally => ({
  ...addTallies(a, b),
  versions: a.versions + b.versions,
  bytes: a.bytes + b.bytes,
  archived: a.archived + b.archived,
  unknown: a.unknown + b.unknown,
});

const scrubProgress = (tally: ScrubTally): Record<string, number> => {
  const { keys, findings, repaired } = progressOf(tally);
  const { versions, bytes, archived, unknown } = tally;
  return { keys: keys ?? 0, versions, bytes, archived, unknown, findings: findings ?? 0, repaired: repaired ?? 0 };
};
