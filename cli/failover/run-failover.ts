import { amount } from '../../core/amount.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { followJob } from '../operator/follow-job.ts';
import { startOperatorJob } from '../operator/start-job.ts';
import { type FailoverPlace, standbyTarget } from './place.ts';
import { closeAndBegin, type FailoverProgress, noteJob, openVerified, readProgress } from './progress-row.ts';
import type { StandbyOutputs } from './standby-outputs.ts';
import { type StandbyVerification, verifyStandby } from './verify-standby.ts';

export interface RunFailoverOptions {
  /** An assembly that was synthesized before. */
  readonly assembly: string | undefined;
  /** Contents to read again. */
  readonly sample: number;
  /** Makes the catalog again although one has been verified: copies have come since. */
  readonly again: boolean;
  readonly signal: AbortSignal;
  readonly step: (text: string) => void;
}

/** What a failover has come to. */
export interface FailoverResult {
  readonly standby: StandbyOutputs;
  readonly startedAt: string;
  readonly verifiedAt: string;
  /** Of the rebuild and the verification of this run; absent where an earlier one had done them. */
  readonly rebuilt?: Readonly<Record<string, unknown>>;
  readonly verification?: StandbyVerification;
}

/**
 * Stack, closed API, rebuild, verification, open API: each step looks first whether it is done, so that a run that was cut off
 * is repeated. Nothing opens before the catalog was found to agree with the copies.
 */
export const runFailover = async (place: FailoverPlace, options: RunFailoverOptions): Promise<FailoverResult> => {
  const { step } = options;
  const standby = await deployed(place, options);
  const target = standbyTarget(place, standby);
  const known = options.again ? undefined : await readProgress(target);
  if (known?.verifiedAt !== undefined) {
    step(`verified at ${known.verifiedAt}; --again makes the catalog anew`);
    return { standby, startedAt: known.startedAt, verifiedAt: known.verifiedAt };
  }
  step('the API of the second region stays closed until the catalog is verified');
  const progress = known ?? (await closeAndBegin(target));
  const rebuilt = await rebuild(place, standby, { progress, ...options });
  const awaited = Number(rebuilt['awaited'] ?? 0);
  if (awaited > 0) {
    step(
      `${amount(awaited, 'pack')} of small contents in the archive: run with --again when S3 has restored them, within 12 hours`,
    );
  }
  step('compare catalog and copies');
  const verification = await verifyStandby(target, options.sample);
  if (verification.wrong.length > 0) throw notVerified(verification);
  step(`${amount(verification.rows, 'asset')}, ${verification.sampled} read again: the catalog agrees with the copies`);
  const { verifiedAt = '' } = await openVerified(target, progress);
  step('the API of the second region answers');
  return { standby, startedAt: progress.startedAt, verifiedAt, rebuilt, verification };
};

const deployed = async (place: FailoverPlace, { assembly, step }: RunFailoverOptions): Promise<StandbyOutputs> => {
  const there = await place.standby();
  if (there !== undefined) {
    step(`the stack ${place.deployment}-standby is there`);
    return there;
  }
  step(`deploy ${place.deployment}-standby in ${place.secondRegion}`);
  await place.deployStandby(assembly);
  const outputs = await place.standby();
  if (outputs !== undefined) return outputs;
  throw new CliError(exitCodes.failed, 'The stack was deployed and cannot be seen. Run this command again.');
};

interface Rebuild extends RunFailoverOptions {
  readonly progress: FailoverProgress;
}

/** Follows the rebuild that an earlier run began, unless that has failed. */
const rebuild = async (
  place: FailoverPlace,
  standby: StandbyOutputs,
  { progress, signal, step }: Rebuild,
): Promise<Readonly<Record<string, unknown>>> => {
  const target = standbyTarget(place, standby);
  const follow = (job: { tenant: string; jobId: string }) =>
    followJob(target, job, {
      signal,
      onProgress: ({ progress }) => {
        const counts = Object.entries(progress).map(([name, count]) => `${name} ${count}`);
        if (counts.length > 0) step(`  ${counts.join(', ')}`);
      },
      ...(place.local && { pauseMs: 200 }),
    });
  if (progress.jobId !== undefined) {
    try {
      step(`go on with the rebuild ${progress.jobId}`);
      return await follow({ tenant: '-', jobId: progress.jobId });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      step(`${error.message} It is begun anew.`);
    }
  }
  const job = await startOperatorJob(target, { job: 'rebuild', functionId: 'rebuild', input: { recount: true } });
  await noteJob(target, progress, job.jobId);
  step(`make the catalog from the copies (job ${job.jobId})`);
  return await follow(job);
};

const shown = 20;

const notVerified = ({ wrong }: StandbyVerification): CliError =>
  new CliError(
    exitCodes.failed,
    [
      `The catalog does not agree with the copies in ${amount(wrong.length, 'place')}; the API stays closed. Run with --again:`,
      ...wrong.slice(0, shown).map((line) => `  ${line}`),
    ].join('\n'),
  );
