import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { metricNames } from '../../core/metric-names.ts';
import { days, utcDay } from '../../core/time.ts';
import type { Reporting } from '../shared/durable/job.ts';
import { runPages } from '../shared/durable/pages.ts';
import { durableStep } from '../shared/durable/step.ts';
import { duePage, type SweptDays } from './due-page.ts';
import { keepHolds } from './keep-holds.ts';
import { overduePage } from './overdue-page.ts';
import type { SweepDeps } from './ports.ts';
import { rulesPage } from './rules-page.ts';
import { addTallies, nothingSwept, type SweepTally } from './tally.ts';

/** So far back a first sweep, or one after a long silence, looks at each day; what is older the overdue walk finds. */
const longestGap = 35;

/**
 * The daily sweep: the due rows of each day since the last one, what rules end besides, then whatever was missed. The last
 * day is looked at again, because rows may have come to it after the sweep had passed.
 */
export const sweepDue = async (
  { jobId }: { readonly jobId: string },
  context: DurableContext,
  deps: SweepDeps & Reporting,
): Promise<Record<string, unknown>> => {
  const period = await durableStep(context, 'plan', () => plan(deps));
  const sums = { tally: nothingSwept, add: addTallies, report: deps.report };
  const due = await runPages(context, {
    ...sums,
    name: 'due',
    from: { day: period.from, shard: 0 },
    page: (cursor) => duePage(cursor, period, deps),
  });
  const window = { from: Date.parse(period.from), to: period.at };
  const byRule = await runPages(context, {
    ...sums,
    name: 'rules',
    from: { rule: 0 },
    page: (cursor) => rulesPage(cursor, window, deps),
  });
  const overdue = await runPages(context, {
    ...sums,
    name: 'overdue',
    from: { rule: 0 },
    page: (cursor) => overduePage(cursor, deps),
  });
  await durableStep(context, 'keep holds', () => keepHolds({ jobId, everything: true }, deps));
  const total = addTallies(due, byRule);
  await durableStep(context, 'finish', () => finish(period, total, overdue, deps));
  return { from: period.from, to: period.to, ...addTallies(total, overdue), overdue: overdue.deleted };
};

interface Plan extends SweptDays {
  /** The instant of the plan. */
  readonly at: number;
}

const plan = async ({ book, clock }: SweepDeps): Promise<Plan> => {
  const at = clock.now();
  const earliest = utcDay(at - days(longestGap));
  const last = (await book.lastDay()) ?? earliest;
  return { from: last < earliest ? earliest : last, to: utcDay(at), at };
};

const finish = async ({ to }: Plan, total: SweepTally, overdue: SweepTally, deps: SweepDeps): Promise<void> => {
  const { meter, book, log } = deps;
  meter.count(metricNames.retentionLookedAt, total.lookedAt);
  meter.count(metricNames.retentionHeld, total.held);
  meter.count(metricNames.retentionPutOff, total.putOff);
  meter.count(metricNames.retentionOverdue, overdue.deleted);
  if (overdue.deleted > 0) log.warn('assets were overdue', { overdue: overdue.deleted });
  await book.finish(to);
};
