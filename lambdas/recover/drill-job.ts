import { createHash } from 'node:crypto';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { amount } from '../../core/amount.ts';
import { assetKey } from '../../core/catalog/keys.ts';
import { MediakeepError } from '../../core/error.ts';
import { metricNames } from '../../core/metric-names.ts';
import { observe } from '../../core/observe/observe.ts';
import { proofKey } from '../../core/recovery/closed.ts';
import {
  type DrillMarker,
  drillMarkers,
  drillTenant,
  markerClass,
  markerPrefix,
} from '../../core/recovery/drill-markers.ts';
import { DrillInput } from '../../core/recovery/input.ts';
import { type DrillReport, reportName, type TableLack } from '../../core/recovery/report.ts';
import { isoTime } from '../../core/time.ts';
import { failureOf, isCancellation } from '../shared/durable/failure.ts';
import type { JobDefinition } from '../shared/durable/job.ts';
import { durableStep } from '../shared/durable/step.ts';
import type { RecoverDeps } from './ports.ts';
import { putReport } from './put-report.ts';
import { finished, restoredTableName, restoreTable } from './wait-for-restores.ts';

/** AWS is about a quarter of an hour behind with continuous backups of buckets. */
const usualWaitSeconds = 900;

interface Seeded {
  readonly startedAt: string;
  readonly markers: readonly (Pick<DrillMarker, 'assetId' | 'key'> & { readonly sha256: string })[];
  /** The instant at which all of it was there. */
  readonly toMs: number;
}

interface Proof {
  readonly lacks: readonly TableLack[];
  readonly rows: number;
  readonly objects: number;
  readonly problems: readonly string[];
  readonly startedMs: number;
  readonly endedMs: number;
  readonly reachedMs: number;
}

/** Puts markers, loses them, brings them back from backups alone into isolation, and writes down how that went. */
export const drillJob: JobDefinition<DrillInput, RecoverDeps> = {
  input: DrillInput,
  async run({ jobId, input }, context, deps) {
    const seeded = await durableStep(context, 'seed', () => seed(jobId, deps));
    const proof = await prove(context, { jobId, seeded, waitSeconds: input.waitSeconds ?? usualWaitSeconds }, deps);
    await durableStep(context, 'clean up', () => cleanUp(jobId, seeded, deps));
    const report = await durableStep(context, 'report', () => writeReport(jobId, seeded, proof, deps));
    if (report.outcome === 'proven') return { ...report };
    throw new MediakeepError('conflict', `The drill failed: ${report.problems.join(' ')}`);
  },
};

const seed = async (jobId: string, deps: RecoverDeps): Promise<Seeded> => {
  const dataClass = markerClass(deps.classes);
  if (dataClass === undefined)
    throw new MediakeepError('unprocessable', 'No class keeps plain text, which markers are.');
  const startedAt = isoTime(deps.clock.now());
  const markers = drillMarkers(dataClass, jobId, { now: deps.clock.now, random: Math.random });
  for (const { key, body, facts } of markers) await deps.objects.putMarker(key, body, facts);
  for (const { assetId, key } of markers) await look(assetId, key, deps);
  const sha256 = (body: string): string => createHash('sha256').update(body).digest('base64');
  return {
    startedAt,
    markers: markers.map(({ assetId, key, body }) => ({ assetId, key, sha256: sha256(body) })),
    toMs: deps.clock.now(),
  };
};

const look = (assetId: string, key: string, deps: RecoverDeps) =>
  observe({ tenant: drillTenant, assetId, key }, { kind: 'look' }, deps);

interface Proving {
  readonly jobId: string;
  readonly seeded: Seeded;
  readonly waitSeconds: number;
}

/** Whatever goes wrong on the way is what a drill is for: it ends in the report, and what was put is cleaned up. */
const prove = async (context: DurableContext, proving: Proving, deps: RecoverDeps): Promise<Proof> => {
  const { seeded } = proving;
  try {
    return await recover(context, proving, deps);
  } catch (error) {
    if (isCancellation(error)) throw error;
    const now = await durableStep(context, 'note the failure', async () => deps.clock.now());
    const problems = [failureOf(error).message];
    const times = { startedMs: seeded.toMs, endedMs: now, reachedMs: now };
    return { lacks: [], rows: 0, objects: 0, problems, ...times };
  }
};

const recover = async (
  context: DurableContext,
  { jobId, seeded, waitSeconds }: Proving,
  deps: RecoverDeps,
): Promise<Proof> => {
  await context.wait('let the backups catch up', { seconds: waitSeconds });
  const startedMs = await durableStep(context, 'lose everything', () => lose(seeded, deps));
  const table = await restoreTable(context, { jobId, atMs: seeded.toMs }, deps);
  const reachedMs = await durableStep(context, 'note the time', async () => deps.clock.now());
  const restore = await durableStep(context, 'restore the bucket', () => startBucketRestore(seeded, deps));
  await finished(context, 'wait for the bucket’s backup', restore, deps);
  return await durableStep(context, 'verify', () => verify(table, seeded, { startedMs, reachedMs }, deps));
};

/** Every version goes, in both regions, and the rows with them: from here on only backups have the markers. */
const lose = async ({ markers }: Seeded, deps: RecoverDeps): Promise<number> => {
  const now = deps.clock.now();
  for (const { assetId, key } of markers) {
    await deps.objects.removeMarked(key);
    await look(assetId, key, deps);
  }
  return now;
};

const startBucketRestore = async ({ toMs, markers }: Seeded, deps: RecoverDeps): Promise<string> => {
  const backup = await deps.backups.nearest(toMs);
  if (backup === undefined) throw new MediakeepError('not-found', 'There is no backup of the vault.');
  const dataClass = markerClass(deps.classes);
  const items = dataClass === undefined ? markers.map(({ key }) => key) : [markerPrefix(dataClass)];
  return deps.backups.start(backup, items);
};

const verify = async (
  table: string,
  { markers }: Seeded,
  { startedMs, reachedMs }: Pick<Proof, 'startedMs' | 'reachedMs'>,
  deps: RecoverDeps,
): Promise<Proof> => {
  const problems: string[] = [];
  const rows = await deps.rowsOf(table)(markers.map(({ assetId }) => assetKey(drillTenant, assetId)));
  const lost = markers.length - rows.filter(isStored).length;
  if (lost > 0) problems.push(`Not in the restored table as before: ${lost} of ${amount(markers.length, 'row')}.`);
  let objects = 0;
  for (const { assetId, key, sha256 } of markers) {
    const digest = await deps.objects.digestIsolated(key);
    if (digest === sha256) objects += 1;
    else
      problems.push(
        `The object of ${assetId} ${digest === undefined ? 'is not in the backup' : 'came back with other bytes'}.`,
      );
  }
  const lacks = await deps.tables.lacks(table);
  return { lacks, rows: markers.length - lost, objects, problems, startedMs, reachedMs, endedMs: deps.clock.now() };
};

const isStored = (row: Readonly<Record<string, unknown>>): boolean => {
  const summary = row['summary'];
  return typeof summary === 'object' && summary !== null && Reflect.get(summary, 'state') === 'stored';
};

const cleanUp = async (jobId: string, { markers }: Seeded, deps: RecoverDeps): Promise<void> => {
  for (const { assetId, key } of markers) {
    await deps.objects.removeIsolated(key);
    await deps.objects.removeMarked(key);
    await look(assetId, key, deps);
  }
  await deps.tables.remove(restoredTableName(deps.deployment, jobId));
};

const seconds = (ms: number): number => Math.round(ms / 1000);

const writeReport = async (
  jobId: string,
  { startedAt, markers, toMs }: Seeded,
  proof: Proof,
  deps: RecoverDeps,
): Promise<DrillReport & { readonly name: string }> => {
  const good = proof.problems.length === 0;
  const report: DrillReport = {
    v: 1,
    kind: 'drill',
    jobId,
    startedAt,
    finishedAt: isoTime(deps.clock.now()),
    seeded: markers.length,
    to: isoTime(toMs),
    recoveryPointSeconds: seconds(Math.max(0, proof.startedMs - toMs)),
    recoveryTimeSeconds: seconds(proof.endedMs - proof.startedMs),
    rowsRecovered: proof.rows,
    objectsRecovered: proof.objects,
    restoredTable: { lacks: proof.lacks },
    problems: proof.problems,
    outcome: good ? 'proven' : 'failed',
  };
  await putReport(report, deps);
  deps.meter.count(metricNames.drillSucceeded, good ? 1 : 0);
  if (good) {
    await deps.putRow({ ...proofKey, kind: 'proof', at: report.finishedAt, jobId });
    deps.meter.count(metricNames.lastGoodProofAge, 0);
  }
  return { ...report, name: reportName(report) };
};
