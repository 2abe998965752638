import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { CommandContext } from '../context.ts';
import { CliError } from '../exit-codes.ts';
import { followJob } from '../operator/follow-job.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { startOperatorJob } from '../operator/start-job.ts';
import { showProblems } from './show-problems.ts';

/** A recovery or a drill that somebody asks for on the command line. */
export interface AskedJob {
  readonly job: 'recover' | 'drill';
  readonly input: Readonly<Record<string, unknown>>;
  /** False: answers as soon as it has begun. */
  readonly wait: boolean;
}

/** Starts the job, tells how far it is, and shows its report; undefined where nobody waits for its end. */
export const runOperatorJob = async (
  target: OperatorTarget,
  { job, input, wait }: AskedJob,
  { output, signal }: Pick<CommandContext, 'output' | 'signal'>,
): Promise<Readonly<Record<string, unknown>> | undefined> => {
  const begun = await startOperatorJob(target, { job, functionId: 'recover', input });
  output.note(`The job ${begun.jobId} has begun; it goes on when this command is stopped.`);
  if (!wait) {
    output.data(begun);
    return undefined;
  }
  const report = `reports/${job}/${begun.jobId}/report`;
  let isTold = false;
  try {
    const result = await followJob(target, begun, {
      signal,
      onProgress: ({ progress }) => {
        output.note(progressText(progress));
        if (!isTold && (progress['archived'] ?? 0) > 0) output.note(thawing);
        isTold ||= (progress['archived'] ?? 0) > 0;
      },
    });
    await showReport(target, report, output);
    return result;
  } catch (error) {
    if (error instanceof CliError) {
      await showReport(target, report, output);
      if (job === 'recover') await showProblems(target, begun.jobId, output);
    }
    throw error;
  }
};

const thawing =
  'Archived contents were asked back and are looked for after 5, 9, 13, 18, 24, 36 and 48 hours; what is wanted at once: `mediakeep recover --open` lets the API answer meanwhile.';

const progressText = (progress: Readonly<Record<string, number>>): string =>
  Object.entries(progress)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'under way';

/** A job that failed early has written none. */
const showReport = async (target: OperatorTarget, name: string, output: CommandContext['output']): Promise<void> => {
  const Bucket = target.buckets.audit;
  try {
    const { Body } = await new S3Client(target.aws()).send(new GetObjectCommand({ Bucket, Key: `${name}.json` }));
    const report: unknown = JSON.parse((await Body?.transformToString()) ?? '{}');
    output.data(report);
    for (const [field, value] of fieldsOf(report)) output.line(`  ${field.padEnd(28)} ${value}`);
    output.line(`  s3://${Bucket}/${name}.html`);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'NoSuchKey')) throw error;
  }
};

const fieldsOf = (value: unknown, prefix = ''): [string, string][] => {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .filter(([name]) => !['v', 'signature'].includes(name))
    .flatMap(([name, inner]: [string, unknown]) => {
      if (Array.isArray(inner)) return [[`${prefix}${name}`, inner.join('; ') || 'none']];
      return typeof inner === 'object' ? fieldsOf(inner, `${prefix}${name}.`) : [[`${prefix}${name}`, String(inner)]];
    });
};
