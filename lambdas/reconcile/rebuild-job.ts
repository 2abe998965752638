import * as z from 'zod';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import { firstList, listsPage } from './lists-pass.ts';
import type { ReconcileDeps } from './ports.ts';
import { addRebuilds, emptyRebuild, rebuildPage } from './rebuild-page.ts';
import { reportPrefix } from './reconcile-job.ts';
import { Scope, vaultPrefixes } from './scope.ts';
import { addTallies, emptyTally, progressOf } from './tally.ts';
import { firstPrefix } from './vault-pass.ts';

/** What a rebuild is asked for. */
export const RebuildInput = z.strictObject({
  /** The table to fill, of the same form as the catalog's. @default the catalog's own */
  table: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{3,255}$/, 'must be the name of a table')
    .optional(),
  scope: Scope.default({}),
  /** Counts anew what the table's stream counts elsewhere: for a table that nobody else writes to. */
  recount: z.boolean().default(false),
});
export type RebuildInput = z.infer<typeof RebuildInput>;

/**
 * Makes the catalog from the vault alone: a row for each asset from its object and facts, what people wrote from the journal.
 * Then the lists are walked, so that rows of objects that the vault does not have go as well.
 */
export const rebuildJob: JobDefinition<RebuildInput, ReconcileDeps> = {
  input: RebuildInput,
  async run({ jobId, input: { table, scope, recount } }, context, deps) {
    const target = table === undefined ? deps : { ...deps, ...deps.inTable(table) };
    const startedAt = await durableStep(context, 'time', async () => isoTime(deps.clock.now()));
    const report = reportPrefix('rebuild', jobId);
    const prefixes = vaultPrefixes(scope, deps.classes);
    const rebuilt = await runPages(context, {
      name: 'vault',
      from: firstPrefix,
      tally: emptyRebuild,
      page: (cursor) => rebuildPage(cursor, prefixes, target),
      add: addRebuilds,
      report: (tally) => deps.report({ ...tally }),
    });
    // Made from the vault alone: the other region may be the one that is lost.
    const { listReplica: _, ...alone } = target;
    const listed = await runPages(context, {
      name: 'lists',
      from: firstList,
      tally: emptyTally,
      page: (cursor) => listsPage(cursor, { scope, repair: true, recount, report }, alone),
      add: addTallies,
      report: (tally) => deps.report({ ...rebuilt, ...progressOf(tally), keys: rebuilt.keys }),
    });
    await durableStep(context, 'report', async () => {
      const body = { v: 1, job: 'rebuild', jobId, startedAt, endedAt: isoTime(deps.clock.now()), table, scope };
      const counts = { ...rebuilt, findings: listed.findings, settled: listed.settled };
      await deps.reports.put(`${report}/report.json`, `${JSON.stringify({ ...body, ...counts }, undefined, 1)}\n`);
    });
    return { report: `${report}/report.json`, ...rebuilt, rows: listed.rows, findingsByKind: listed.findings };
  },
};
