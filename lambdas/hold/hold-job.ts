import * as z from 'zod';
import { MediakeepError } from '../../core/error.ts';
import { metricNames } from '../../core/metric-names.ts';
import { endedHold, type HoldRow } from '../../core/retention/hold-row.ts';
import { isoTime } from '../../core/time.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { type PageAnswer, runPages } from '../shared/durable/pages.ts';
import type { HoldRows } from '../shared/hold-rows.ts';
import { firstOfScope, type ScopeCursor, scopePage } from '../shared/hold-scope.ts';
import type { Meter } from '../shared/metrics.ts';
import { addHolds, type HoldDeps, type HoldTally, layOn, letGo, noHolds } from './hold-assets.ts';

/** `place`: on everything that the hold covers. `keep`: on what came since, or lacks it. `lift`: off, after the grace. */
export const HoldInput = z.strictObject({
  action: z.enum(['place', 'keep', 'lift']),
  holdId: z.string().min(1),
  /** Of `keep`: only what was created since this instant. */
  since: z.int().optional(),
  /** Of `keep`: only these, which have just come. */
  assets: z.array(z.string().min(1)).min(1).max(1000).optional(),
});
export type HoldInput = z.infer<typeof HoldInput>;

/** What the job works with. */
export interface HoldJobDeps extends HoldDeps {
  readonly rows: HoldRows;
  readonly meter: Pick<Meter, 'count'>;
}

/** Lays one hold on the bytes of everything that it covers, or lets them go. What fits into a page is one step. */
export const holdJob: JobDefinition<HoldInput, HoldJobDeps> = {
  input: HoldInput,
  run: ({ tenant, input }, context, deps) =>
    runPages<ScopeCursor, HoldTally>(context, {
      name: input.action,
      from: firstOfScope,
      tally: noHolds,
      page: (cursor) => onePage(tenant, input, cursor, deps),
      add: addHolds,
      report: deps.report,
      finish: (tally) => finish(tenant, input, tally, deps),
    }),
};

const onePage = async (
  tenant: string,
  input: HoldInput,
  cursor: ScopeCursor,
  deps: HoldJobDeps,
): Promise<PageAnswer<ScopeCursor, HoldTally>> => {
  const hold = await findHold(tenant, input.holdId, deps);
  if (isPast(input, hold)) return { tally: noHolds };
  const { assetIds, next } =
    input.assets === undefined
      ? await scopePage(tenant, { ...hold.summary, since: input.since }, cursor, deps)
      : { assetIds: input.assets, next: undefined };
  const tally =
    input.action === 'lift'
      ? await letGo(tenant, assetIds, deps)
      : await layOn(tenant, assetIds, { onlyNew: input.action === 'keep' }, deps);
  return { next, tally };
};

const findHold = async (tenant: string, holdId: string, { rows }: HoldJobDeps): Promise<HoldRow> => {
  const row = await rows.get(tenant, holdId);
  if (row !== undefined) return row;
  throw new MediakeepError('not-found', `There is no hold ${holdId}.`);
};

/** A hold that was released before it was laid has nothing to lay; one that is in force, or has ended, nothing to lift. */
const isPast = ({ action }: HoldInput, { summary: { state } }: HoldRow): boolean =>
  action === 'lift' ? state !== 'released' : state === 'ended';

const finish = async (
  tenant: string,
  { action, holdId }: HoldInput,
  tally: HoldTally,
  deps: HoldJobDeps,
): Promise<void> => {
  deps.meter.count(action === 'lift' ? metricNames.versionsReleased : metricNames.versionsHeld, tally.versions);
  if (action !== 'lift') return;
  const current = await findHold(tenant, holdId, deps);
  if (current.summary.state !== 'released') return;
  if (await deps.rows.replace(current, endedHold(current, isoTime(deps.clock.now())))) return;
  throw new MediakeepError('conflict', `The hold ${holdId} was changed at the same time.`);
};
