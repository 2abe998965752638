import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { metricNames } from '../../core/metric-names.ts';
import { utcDay } from '../../core/time.ts';
import type { Reporting } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { withSharedTenants } from '../shared/tenants.ts';
import { type DueCursor, duePage } from './due-page.ts';
import { keepHolds } from './keep-holds.ts';
import type { SweepDeps } from './ports.ts';
import { type RulesCursor, rulesPage } from './rules-page.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

/** Where a sweep is: at first in the due rows, then in what rules end. */
interface SweepCursor {
  /** The instant of its beginning; absent before. */
  readonly at?: number;
  readonly due?: DueCursor;
  readonly rules?: RulesCursor;
}

/**
 * The daily sweep: everything that has a row on a day up to today, then whatever rules end besides, or have ended without
 * anybody noticing. It remembers nothing of the sweep before: what that one missed is still there. A night on which nothing is
 * due is one step.
 */
export const sweepDue = async (
  { jobId }: { readonly jobId: string },
  context: DurableContext,
  deps: SweepDeps & Reporting,
): Promise<Record<string, unknown>> => {
  let ofPage = deps;
  const tally = await runPages<SweepCursor, SweepTally>(context, {
    name: 'sweep',
    from: {},
    tally: nothingSwept,
    page: (cursor) => {
      ofPage = withSharedTenants(deps);
      return sweepPage(cursor, ofPage);
    },
    add: addTallies,
    report: deps.report,
    finish: async (total) => {
      await keepHolds({ jobId, everything: true }, ofPage);
      measure(total, deps);
    },
  });
  return { to: utcDay(deps.clock.now()), ...tally };
};

const sweepPage = async (
  cursor: SweepCursor,
  deps: SweepDeps,
): Promise<{ readonly tally: SweepTally; readonly next?: SweepCursor | undefined }> => {
  const { at = deps.clock.now() } = cursor;
  const due = cursor.rules === undefined ? await duePage(cursor.due ?? { shard: 0 }, at, deps) : undefined;
  if (due?.next !== undefined) return { tally: due.tally, next: { at, due: due.next } };
  const rules = await rulesPage(cursor.rules ?? { rule: 0 }, at, deps);
  const tally = due === undefined ? rules.tally : addTallies(due.tally, rules.tally);
  return { tally, next: rules.next && { at, rules: rules.next } };
};

const measure = ({ lookedAt, held, putOff, overdue }: SweepTally, { meter, log }: SweepDeps): void => {
  meter.count(metricNames.retentionLookedAt, lookedAt);
  meter.count(metricNames.retentionHeld, held);
  meter.count(metricNames.retentionPutOff, putOff);
  meter.count(metricNames.retentionOverdue, overdue);
  if (overdue > 0) log.warn('assets were overdue', { overdue });
};
