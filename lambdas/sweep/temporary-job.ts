import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { metricNames } from '../../core/metric-names.ts';
import { hours } from '../../core/time.ts';
import type { Reporting } from '../shared/durable/job.ts';
import { type PageAnswer, runPages } from '../shared/durable/pages.ts';
import { withSharedTenants } from '../shared/tenants.ts';
import { type AbroadCursor, abroadPage } from './abroad-page.ts';
import { keepHolds } from './keep-holds.ts';
import type { SweepDeps } from './ports.ts';
import { type TemporaryCursor, temporaryPage } from './temporary-page.ts';

/** How long things lie in the scratch bucket. */
const scratchMs = hours(24);

/** Where the hourly sweep is: at first in short-lived classes, then in the scratch bucket, behind a key of it, then abroad. */
interface HourlyCursor {
  readonly temporary?: TemporaryCursor;
  readonly scratch?: string;
  readonly abroad?: AbroadCursor;
}

type HourlyTally = {
  /** Versions of short-lived classes, and of the scratch bucket. */
  readonly temporary: number;
  readonly scratch: number;
  readonly bytes: number;
  /** Versions that are gone from the second region, and that should be and are not. */
  readonly abroad: number;
  readonly stuck: number;
  /** Jobs of holds that were started. */
  readonly kept: number;
  readonly lifted: number;
};

const nothing: HourlyTally = { temporary: 0, scratch: 0, bytes: 0, abroad: 0, stuck: 0, kept: 0, lifted: 0 };

/**
 * The hourly sweep: removes by version what was made for a day, and in the second region what was deleted for good; lays holds on
 * what has come since the last hour. An hour in which there is nothing to do is one step.
 */
export const sweepTemporary = async (
  { jobId }: { readonly jobId: string },
  context: DurableContext,
  deps: SweepDeps & Reporting,
): Promise<Record<string, unknown>> => {
  const { temporary, scratch, ...sums } = await runPages<HourlyCursor, HourlyTally>(context, {
    name: 'hourly',
    from: {},
    tally: nothing,
    page: (cursor) => hourlyPage(jobId, cursor, withSharedTenants(deps)),
    add: (a, b) => ({
      temporary: a.temporary + b.temporary,
      scratch: a.scratch + b.scratch,
      bytes: a.bytes + b.bytes,
      abroad: a.abroad + b.abroad,
      stuck: a.stuck + b.stuck,
      kept: a.kept + b.kept,
      lifted: a.lifted + b.lifted,
    }),
    report: deps.report,
  });
  return { temporary, scratch, versions: temporary + scratch, ...sums };
};

type HourlyPage = PageAnswer<HourlyCursor, HourlyTally>;

const hourlyPage = async (jobId: string, cursor: HourlyCursor, deps: SweepDeps): Promise<HourlyPage> => {
  const atHome = cursor.abroad === undefined ? await homePage(cursor, deps) : { tally: nothing };
  if (atHome.next !== undefined) return atHome;
  const { tally, next } = await abroadPage(cursor.abroad ?? { after: '' }, deps);
  const sum = { ...atHome.tally, abroad: tally.removed, stuck: tally.stuck };
  if (next !== undefined) return { tally: sum, next: { abroad: next } };
  return { tally: { ...sum, ...(await keepHolds({ jobId, everything: false }, deps)) } };
};

const homePage = async ({ temporary, scratch }: HourlyCursor, deps: SweepDeps): Promise<HourlyPage> => {
  const classes = scratch === undefined ? await temporaryPage(temporary ?? { list: 0 }, deps) : undefined;
  const { versions = 0, bytes = 0 } = classes?.tally ?? {};
  const removed = { ...nothing, temporary: versions, bytes };
  if (classes?.next !== undefined) return { tally: removed, next: { temporary: classes.next } };
  const cleaned = await deps.scratch.clean(deps.clock.now() - scratchMs, scratch || undefined);
  if (cleaned.versions > 0) {
    deps.meter.count(metricNames.temporaryRemoved, cleaned.versions);
    deps.meter.bytes(metricNames.temporaryFreed, cleaned.bytes);
  }
  const tally = { ...removed, scratch: cleaned.versions, bytes: bytes + cleaned.bytes };
  return { tally, ...(cleaned.next !== undefined && { next: { scratch: cleaned.next } }) };
};
