import { needsRestore } from '../../../core/archive/archive-class.ts';
import type { AssetSummary } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { restoreEstimate, type Tier, tallyOf } from '../../../core/restore/estimate.ts';
import { Job, type JobEstimate, type RestoreSpeed, StartRestore } from '../../../core/schemas/job.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders } from '../idempotency.ts';
import { beginJob, stateFor } from '../jobs/begin.ts';
import { assetsOfScope } from '../jobs/count-scope.ts';
import { toJob } from '../jobs/shape.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';

const tiers: Readonly<Record<RestoreSpeed, Tier>> = { expedited: 'Expedited', standard: 'Standard', bulk: 'Bulk' };

/** Brings back readable copies of everything archived in an asset, a case, a data subject or a class. */
export const startRestore = endpoint({
  operation: 'startRestore',
  summary: 'Restore from the archive',
  description:
    'Answers how much there is, what it costs and how long it takes. The job waits to be confirmed, unless `budget` covers the cost. When everything can be read, one notice tells so; after `days` the copies vanish by themselves, and restoring again makes them stay.',
  shapes: { body: StartRestore, headers: IdempotencyHeaders },
  answers: { 202: Job },
  errors: ['not-found', 'gone', 'unprocessable', 'too-large', 'idempotency-mismatch'],
  run: async ({ body, headers, caller }, services) => {
    const { tier: speed, days, budget, reason, ...scope } = body;
    const tier = tiers[speed];
    const row = await beginJob(
      {
        operation: 'startRestore',
        idempotencyKey: headers['idempotency-key'],
        body,
        job: 'restore',
        plan: async () => {
          const assets = await assetsOfScope(scope, caller, services);
          const estimate = await estimateOf(assets, { tier, days }, caller, services);
          const input = { scope, tier, days, estimate, ...(reason === undefined ? {} : { reason }) };
          return { state: estimate.objects === 0 ? 'running' : stateFor(estimate.cost.total, budget), input };
        },
      },
      caller,
      services,
    );
    return { status: 202, body: toJob(row) };
  },
});

const estimateOf = async (
  assets: readonly AssetSummary[],
  wanted: { readonly tier: Tier; readonly days: number },
  caller: Caller,
  { catalog, prices }: Services,
): Promise<JobEstimate> => {
  const archived = assets.filter(({ storageClass = 'STANDARD' }) => mayNeedRestore(storageClass));
  const packIds = [...new Set(archived.flatMap(({ packId }) => packId ?? []))];
  const bytes = new Map((await catalog.packs(caller.tenant, packIds)).map((pack) => [pack.packId, pack.bytes ?? 0]));
  const tally = tallyOf(
    assets,
    ({ storageClass = 'STANDARD' }) => mayNeedRestore(storageClass),
    (packId) => bytes.get(packId) ?? 0,
  );
  const estimate = restoreEstimate(tally, wanted, prices);
  if ('cost' in estimate) return estimate;
  const { storageClass, tiers: known } = estimate;
  throw new MediakeepError(
    'unprocessable',
    `What lies in ${storageClass} cannot be restored with the tier ${wanted.tier.toLowerCase()}; it knows ${known.join(' and ').toLowerCase()}.`,
  );
};

/** Objects in INTELLIGENT_TIERING need it only where they have sunk into an archive tier, which the job finds out. */
const mayNeedRestore = (storageClass: string): boolean =>
  needsRestore(storageClass) || storageClass === 'INTELLIGENT_TIERING';
