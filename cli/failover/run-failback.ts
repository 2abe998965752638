import { setTimeout as pause } from 'node:timers/promises';
import { amount } from '../../core/amount.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { startBatchReplication } from '../operator/batch-replication.ts';
import { followJob } from '../operator/follow-job.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { type ReportFinding, readFindings } from '../operator/read-report.ts';
import { createS3ControlClient } from '../operator/s3-control-client.ts';
import { startOperatorJob } from '../operator/start-job.ts';
import { compareVaults, type OneSided, type VaultDifference } from './compare-vaults.ts';
import { pendingAbroad } from './pending-abroad.ts';
import { type FailoverPlace, standbyTarget } from './place.ts';
import { readProgress } from './progress-row.ts';
import { answers } from './survey.ts';

export interface RunFailbackOptions {
  readonly assembly: string | undefined;
  /** How long to wait until everything is copied, in milliseconds. */
  readonly patienceMs: number;
  /** Whether the stack goes even where something is unresolved. */
  readonly force: boolean;
  readonly signal: AbortSignal;
  readonly step: (text: string) => void;
}

/** What a failback has come to. */
export interface FailbackResult {
  /** What the second region did not have while it answered. */
  readonly wasNotReplicated: readonly OneSided[];
  /** What of it has no copy yet: archived before it was copied, or still on its way. */
  readonly stillNotReplicated: readonly OneSided[];
  /** What the home region removed by itself and the copies keep. */
  readonly leftOver: number;
  readonly findings: readonly ReportFinding[];
  /** What nobody has decided about yet; with any of it the second region goes on answering, unless `force` was said. */
  readonly unresolved: number;
  /** Whether the stack of the failover is gone; it may have been gone before. */
  readonly removed: boolean;
}

/**
 * Compare, copy the rest, reconcile, remove the stack: each step is a comparison first, so that a run that was cut off is
 * repeated. Nothing was written in the second region, which is looked at and not believed; its stack goes when nothing is left
 * that somebody has to decide.
 */
export const runFailback = async (place: FailoverPlace, options: RunFailbackOptions): Promise<FailbackResult> => {
  const { step } = options;
  if (!(await answers(place))) {
    throw new CliError(exitCodes.unavailable, `${place.homeRegion} does not answer yet; the second region goes on.`);
  }
  step('compare both regions');
  const before = await compareVaults(place);
  await refuseWrites(place, before);
  const home = await place.home();
  const stillNotReplicated = await drain(place, home, before, options);
  step('reconcile the home region');
  const findings = await reconcile(home, options);
  const unresolved = stillNotReplicated.length + findings.filter(({ settled }) => settled !== 'repaired').length;
  return {
    wasNotReplicated: before.notReplicated,
    stillNotReplicated,
    leftOver: before.onlyInSecond.length,
    findings,
    unresolved,
    removed: await removeStandby(place, unresolved, options),
  };
};

/** While somebody has to decide what is right, both sides of the question stay readable. */
const removeStandby = async (
  place: FailoverPlace,
  unresolved: number,
  { assembly, force, step }: RunFailbackOptions,
): Promise<boolean> => {
  if ((await place.standby()) === undefined) return true;
  if (unresolved > 0 && !force) {
    step(`keep ${place.deployment}-standby: ${unresolved} unresolved`);
    return false;
  }
  step(`remove ${place.deployment}-standby`);
  await place.removeStandby(assembly);
  return true;
};

/** What came to the second region during the failover came past our API: no program should decide which region is right. */
export const writtenDuring = async (
  place: FailoverPlace,
  { onlyInSecond }: VaultDifference,
): Promise<readonly OneSided[]> => {
  const standby = await place.standby();
  const progress = standby && (await readProgress(standbyTarget(place, standby)));
  if (progress === undefined) return [];
  const since = onlyInSecond.filter(({ at }) => at >= progress.startedAt);
  if (since.length === 0) return since;
  // What the home region wrote after it came back, and has deleted for good since, was never written there.
  const pending = await pendingAbroad(await place.home());
  return since.filter(({ versionId }) => !pending.has(versionId));
};

const refuseWrites = async (place: FailoverPlace, difference: VaultDifference): Promise<void> => {
  const written = await writtenDuring(place, difference);
  if (written.length === 0) return;
  const names = written.slice(0, 20).map(({ key, versionId }) => `  ${key} ${versionId}`);
  throw new CliError(
    exitCodes.refused,
    [
      `${amount(written.length, 'version')} written in ${place.secondRegion} since the failover, past the API, which refuses that.`,
      'Copy what is right to the home region, remove it from the copies, and run this command again:',
      ...names,
    ].join('\n'),
  );
};

/** Markers of lifecycle rules are never copied, so that only content is waited for. */
const contents = ({ notReplicated }: VaultDifference): readonly OneSided[] =>
  notReplicated.filter(({ marker }) => !marker);

const drain = async (
  place: FailoverPlace,
  home: OperatorTarget,
  before: VaultDifference,
  { patienceMs, signal, step }: RunFailbackOptions,
): Promise<readonly OneSided[]> => {
  let left = contents(before);
  if (left.length === 0) return left;
  const batch = await copyRest(home, before);
  step(
    `${amount(left.length, 'version')} without a copy${batch === undefined ? '' : `; S3 copies what it gave up (job ${batch})`}`,
  );
  const until = performance.now() + patienceMs;
  while (left.length > 0 && performance.now() < until) {
    await pause(place.local ? 250 : 15_000, undefined, { signal });
    const now = contents(await compareVaults(place));
    if (now.length !== left.length) step(`  ${now.length} to be copied`);
    left = now;
  }
  if (left.length > 0) step(`${amount(left.length, 'version')} still without a copy; replication goes on with them`);
  return left;
};

const copyRest = async (home: OperatorTarget, { notReplicated }: VaultDifference): Promise<string | undefined> => {
  const roleArn = home.batchReplicationRoleArn;
  if (roleArn === undefined) return undefined;
  const client = createS3ControlClient(home.aws());
  // The same rest makes the same job, however often this is run.
  const token = `failback-${notReplicated.at(-1)?.versionId ?? ''}`.replace(/[^\w-]/g, '').slice(0, 64);
  const accountId = roleArn.split(':')[4] ?? '';
  return await startBatchReplication(client, {
    accountId,
    token,
    bucket: home.buckets.vault,
    roleArn,
    statuses: ['FAILED'],
  });
};

const reconcile = async (home: OperatorTarget, { signal, step }: RunFailbackOptions): Promise<ReportFinding[]> => {
  const input = { repair: true, scope: {} };
  const job = await startOperatorJob(home, { job: 'reconcile', functionId: 'reconcile', input });
  const result = await followJob(home, job, { signal, ...(home.local && { pauseMs: 200 }) });
  const findings: ReportFinding[] = [];
  for await (const finding of readFindings(home, String(result['report']))) findings.push(finding);
  step(`  ${amount(findings.length, 'finding')}`);
  return findings;
};
