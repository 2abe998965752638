import { needsRestore } from '../../core/archive/archive-class.ts';
import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import type { RestoreInput } from '../../core/jobs/archive-input.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { AssetIndex } from '../shared/asset-index.ts';
import type { Awaited, AwaitRows } from '../shared/await-rows.ts';
import type { PageAnswer } from '../shared/durable/pages.ts';
import { type JobScopeCursor, jobScopePage } from '../shared/job-scope.ts';
import type { LookAgain } from '../shared/look-again.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import type { Meter } from '../shared/metrics.ts';
import type { RestoreAnswer, WantedCopy } from '../shared/request-restore.ts';

export interface RequestDeps {
  readonly index: AssetIndex;
  readonly rows: AwaitRows;
  readonly request: (copy: WantedCopy) => Promise<RestoreAnswer>;
  /** S3 tells nobody that a copy stays longer. */
  readonly lookAgain: LookAgain;
  readonly meter: Pick<Meter, 'count'>;
}

/** What was asked of S3. A pack that holds many of the scope's assets is asked for once a page, and found under way later. */
export type RequestTally = {
  readonly assets: number;
  /** Objects of which S3 makes a copy now. */
  readonly requested: number;
  readonly underWay: number;
  /** Copies that were there and stay longer now. */
  readonly extended: number;
  /** What needs no restore, or is gone. */
  readonly untouched: number;
};

export const nothingRequested: RequestTally = { assets: 0, requested: 0, underWay: 0, extended: 0, untouched: 0 };

export const addRequests = (a: RequestTally, b: RequestTally): RequestTally => ({
  assets: a.assets + b.assets,
  requested: a.requested + b.requested,
  underWay: a.underWay + b.underWay,
  extended: a.extended + b.extended,
  untouched: a.untouched + b.untouched,
});

const lanes = 16;

/** Asks S3 for a copy of everything archived on one page of the scope; what it has to make is waited for. */
export const requestPage = async (
  job: { readonly tenant: string; readonly jobId: string; readonly input: RestoreInput },
  cursor: JobScopeCursor,
  deps: RequestDeps,
): Promise<PageAnswer<JobScopeCursor, RequestTally>> => {
  const { tenant, input } = job;
  const { rows, passed, next } = await jobScopePage({ tenant, scope: input.scope }, cursor, {
    index: deps.index,
    concerns: mayNeedRestore,
  });
  const archived = rows.filter(isArchived);
  const objects = new Map(archived.map((row) => objectOf(row, job)).map((each) => [each.object, each]));
  const answers = await mapInParallel([...objects.values()], lanes, (each) => ask(each, input, deps));
  const count = (answer: RestoreAnswer): number => answers.filter((known) => known === answer).length;
  const requested = count('begun');
  if (requested > 0) deps.meter.count(metricNames.restoresRequested, requested);
  return {
    next,
    tally: {
      assets: archived.length,
      requested,
      underWay: count('under way'),
      extended: count('extended'),
      untouched: passed + rows.length - archived.length,
    },
  };
};

const mayNeedRestore = ({ storageClass = 'STANDARD' }: AssetSummary): boolean =>
  needsRestore(storageClass) || storageClass === 'INTELLIGENT_TIERING';

const isArchived = ({ detail }: AssetRow): boolean =>
  needsRestore(detail.storageClass) || detail.archiveStatus !== undefined;

type Wanted = Awaited & { readonly isTiered: boolean };

const objectOf = (
  { summary, detail }: AssetRow,
  { tenant, jobId }: { readonly tenant: string; readonly jobId: string },
): Wanted => {
  const { pack, key, currentVersionId = '', archiveStatus } = detail;
  return pack === undefined
    ? {
        tenant,
        jobId,
        object: `asset:${summary.assetId}`,
        key,
        versionId: currentVersionId,
        isTiered: archiveStatus !== undefined,
      }
    : { tenant, jobId, object: `pack:${pack.packId}`, key: pack.key, versionId: pack.versionId, isTiered: false };
};

/** The row comes first: an event that arrived before it would be lost. */
const ask = async (
  { isTiered, ...awaited }: Wanted,
  { tier, days }: RestoreInput,
  { rows, request, lookAgain }: RequestDeps,
): Promise<RestoreAnswer> => {
  const { key, versionId } = awaited;
  await rows.add(awaited);
  const answer = await request({ key, versionId, tier, ...(isTiered ? {} : { days }) });
  if (answer !== 'begun' && answer !== 'under way') await rows.remove(awaited);
  if (answer === 'extended' && awaited.object.startsWith('asset:')) await lookAgain(key);
  return answer;
};
