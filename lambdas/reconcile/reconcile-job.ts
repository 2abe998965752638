import * as z from 'zod';
import type { Finding } from '../../core/compare/finding.ts';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition, Reporting } from '../shared/durable/job.ts';
import { type PagesProps, runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import { landingPage } from './landing-pass.ts';
import { firstList, listsPage } from './lists-pass.ts';
import { firstPacks, packsPage } from './packs-pass.ts';
import type { ReconcileDeps } from './ports.ts';
import { landingPrefixesOf, Scope, vaultPrefixes } from './scope.ts';
import { addTallies, emptyTally, progressOf, type Tally } from './tally.ts';
import { firstPrefix, vaultPage } from './vault-pass.ts';

/** What a reconciliation is asked for. */
export const ReconcileInput = z.strictObject({
  /** Whether what is safe is to be put right. */
  repair: z.boolean().default(false),
  /** Whether wrong counters are to be written anew as well: somebody has seen that the stream's function is not behind. */
  recount: z.boolean().default(false),
  scope: Scope.default({}),
});
export type ReconcileInput = z.infer<typeof ReconcileInput>;

/** Where the reports of a job lie in the audit bucket. */
export const reportPrefix = (job: 'reconcile' | 'rebuild' | 'scrub', jobId: string): string =>
  `reports/${job}/${jobId}`;

/**
 * Compares vault, second region, catalog and landing, page by page: the vault in the order of its keys, the catalog by its
 * lists, landing in the order of its keys. Everything is read once, and what seems wrong once more.
 */
export const reconcileJob: JobDefinition<ReconcileInput, ReconcileDeps> = {
  input: ReconcileInput,
  async run({ jobId, input: { repair, recount, scope } }, context, deps) {
    const startedAt = await durableStep(context, 'time', async () => isoTime(deps.clock.now()));
    const report = reportPrefix('reconcile', jobId);
    const vault = { prefixes: vaultPrefixes(scope, deps.classes), repair, report };
    const landing = { prefixes: landingPrefixesOf(scope), repair, report };
    let sum = emptyTally;
    const pass = async <Cursor>(name: string, from: Cursor, page: PagesProps<Cursor, Tally>['page']): Promise<void> => {
      const before = sum;
      const told = (tally: Tally) => deps.report(progressOf(addTallies(before, tally)));
      sum = addTallies(
        sum,
        await runPages(context, { name, from, tally: emptyTally, page, add: addTallies, report: told }),
      );
    };
    await pass('vault', firstPrefix, (cursor) => vaultPage(cursor, vault, deps));
    await pass('lists', firstList, (cursor) => listsPage(cursor, { scope, repair, recount, report }, deps));
    await pass('packs', firstPacks, (cursor) => packsPage(cursor, { scope, repair, report }, deps));
    if (landing.prefixes.length > 0) await pass('landing', firstPrefix, (cursor) => landingPage(cursor, landing, deps));
    await durableStep(context, 'report', () => writeSummary({ jobId, startedAt, repair, scope, report, sum }, deps));
    return { report: `${report}/report.json`, ...progressOf(sum), findingsByKind: sum.findings, settled: sum.settled };
  },
};

interface Summary {
  readonly jobId: string;
  readonly startedAt: string;
  readonly repair: boolean;
  readonly scope: Scope;
  readonly report: string;
  readonly sum: Tally;
}

/** The last thing that a job writes; a report without it is one of a job that has not ended. */
const writeSummary = async ({ report, sum, ...about }: Summary, deps: ReconcileDeps & Reporting): Promise<void> => {
  const body = { v: 1, job: 'reconcile', ...about, endedAt: isoTime(deps.clock.now()), ...sum };
  await deps.reports.put(`${report}/report.json`, `${JSON.stringify(body, undefined, 1)}\n`);
};

/** What a part of a report holds. */
export interface ReportPart {
  readonly v: 1;
  readonly findings: readonly Finding[];
}
