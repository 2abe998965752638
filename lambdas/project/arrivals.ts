import { createHash } from 'node:crypto';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { HoldScope } from '../../core/catalog/keys.ts';
import type { AssetChange } from '../../core/statistics/change.ts';
import { inParallel } from '../shared/in-parallel.ts';
import type { RetentionTable } from '../shared/retention-table.ts';
import type { JobStarter } from '../shared/start-job.ts';

/** Content that has come to an asset without S3's legal hold on it. */
export interface Arrival {
  readonly tenant: string;
  readonly assetId: string;
  readonly versionId: string;
  /** What a hold over it can be laid on. */
  readonly scopes: readonly { readonly scope: HoldScope; readonly id: string }[];
  /** The record that tells of it, and its time in milliseconds. */
  readonly first: string;
  readonly at: number;
}

/** What is needed to have arrivals held. */
export interface ArrivalDeps {
  readonly retention: Pick<RetentionTable, 'holdsOf'>;
  readonly jobs: Pick<JobStarter, 'start'>;
}

const lanes = 16;

/** The content that a batch's changes brought; a look that found the same version again brought none. */
export const arrivalsOf = (changes: readonly AssetChange[]): readonly Arrival[] =>
  changes.flatMap(({ sequence, at, before, after }) =>
    after !== undefined && isArrival(before, after) ? [arrivalOf(before, after, { first: sequence, at })] : [],
  );

const isArrival = (before: AssetRow | undefined, { summary, detail }: AssetRow): boolean =>
  summary.state !== 'gone' &&
  detail.currentVersionId !== undefined &&
  detail.currentVersionId !== before?.detail.currentVersionId &&
  detail.legalHold !== true;

const arrivalOf = (
  before: AssetRow | undefined,
  { tenant, summary, detail }: AssetRow,
  record: Pick<Arrival, 'first' | 'at'>,
): Arrival => {
  const { assetId, case: ofCase, subject } = summary;
  const scopes: Arrival['scopes'] = [
    ...(ofCase === undefined ? [] : [{ scope: 'case' as const, id: ofCase }]),
    ...(subject === undefined ? [] : [{ scope: 'subject' as const, id: subject }]),
    // Nobody can have held an asset that was not there.
    ...(before === undefined ? [] : [{ scope: 'asset' as const, id: assetId }]),
  ];
  return { tenant, assetId, versionId: detail.currentVersionId ?? '', scopes, ...record };
};

/**
 * Has what came under a hold laid S3's legal hold on at once: one job for each hold and batch, named after what came, so that
 * a batch that comes again starts none twice. What is missed here the hourly upkeep of holds finds.
 */
export const holdArrivals = async (
  arrivals: readonly Arrival[],
  { retention, jobs }: ArrivalDeps,
  failed: (arrival: Arrival, error: unknown) => void,
): Promise<void> => {
  const holdOf = rememberedHolds(retention);
  const covered = new Map<string, { readonly tenant: string; readonly holdId: string; readonly arrivals: Arrival[] }>();
  await inParallel(arrivals, lanes, async (arrival) => {
    try {
      const holdId = await holdOver(arrival, holdOf);
      if (holdId === undefined) return;
      const name = JSON.stringify([arrival.tenant, holdId]);
      const known = covered.get(name) ?? { tenant: arrival.tenant, holdId, arrivals: [] };
      known.arrivals.push(arrival);
      covered.set(name, known);
    } catch (error) {
      failed(arrival, error);
    }
  });
  await inParallel([...covered.values()], lanes, async ({ tenant, holdId, arrivals: held }) => {
    try {
      const assets = [...new Set(held.map(({ assetId }) => assetId))].toSorted();
      const jobId = nameOf(holdId, held);
      await jobs.start({ tenant, jobId, job: 'hold', input: { action: 'keep', holdId, assets }, createdBy: 'project' });
    } catch (error) {
      for (const arrival of held) failed(arrival, error);
    }
  });
};

type HoldOf = (tenant: string, scope: HoldScope, id: string) => Promise<string | undefined>;

const holdOver = async ({ tenant, scopes }: Arrival, holdOf: HoldOf): Promise<string | undefined> => {
  for (const { scope, id } of scopes) {
    const holdId = await holdOf(tenant, scope, id);
    if (holdId !== undefined) return holdId;
  }
  return undefined;
};

/** A hold over a scope that has not ended, asked for once in a batch. */
const rememberedHolds = (retention: ArrivalDeps['retention']): HoldOf => {
  const known = new Map<string, Promise<string | undefined>>();
  return (tenant, scope, id) => {
    const name = JSON.stringify([tenant, scope, id]);
    const answer =
      known.get(name) ??
      retention
        .holdsOf(tenant, scope, id)
        .then((holds) => holds.find(({ summary }) => summary.state !== 'ended')?.summary.holdId);
    known.set(name, answer);
    return answer;
  };
};

const nameOf = (holdId: string, arrivals: readonly Arrival[]): string => {
  const versions = arrivals.map(({ assetId, versionId }) => `${assetId} ${versionId}`).toSorted();
  const digest = createHash('sha256').update(versions.join('\n')).digest('hex').slice(0, 16);
  return `arrived-${holdId.slice(holdId.lastIndexOf('~') + 1)}-${digest}`;
};
