import cliProgress from 'cli-progress';
import type { Mediakeep } from '../../client/index.ts';
import type { Job } from '../../core/schemas/job.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { jobLines } from './describe-job.ts';

/** Waits for a job's end with a bar on a terminal; a job that failed or was cancelled ends the command as failed. */
export const followJob = async (client: Mediakeep, jobId: string, { output }: Pick<CommandContext, 'output'>) => {
  const bar = output.terminal === undefined ? undefined : jobBar(output.terminal);
  try {
    return await client.jobs.wait(jobId, { onProgress: (job) => bar?.update(job) });
  } finally {
    bar?.stop();
  }
};

/** Shows a job and how it ended. */
export const showJob = (job: Job, { output }: Pick<CommandContext, 'output'>): void => {
  output.data(job);
  for (const line of jobLines(job)) output.line(line);
  if (job.state !== 'failed') return;
  const { code = 'internal', message = '' } = job.failure ?? {};
  throw new CliError(exitCodes.failed, `The job ${job.jobId} failed (${code}): ${message}`);
};

interface JobBar {
  update(job: Job): void;
  stop(): void;
}

const jobBar = (terminal: NodeJS.WriteStream): JobBar => {
  const bar = new cliProgress.SingleBar(
    {
      format: '{name} [{bar}] {value}/{total} {detail}',
      hideCursor: true,
      clearOnComplete: true,
      barsize: 28,
      stream: terminal,
    },
    cliProgress.Presets.legacy,
  );
  let isShown = false;
  return {
    update(job) {
      const { done, total, detail } = stepsOf(job);
      if (!isShown) bar.start(Math.max(1, total), done, { name: job.job, detail });
      isShown = true;
      bar.setTotal(Math.max(1, total));
      bar.update(done, { detail });
    },
    stop: () => bar.stop(),
  };
};

/** How far a job is: what is there of what was asked for, or what is marked of what was counted. */
export const stepsOf = ({ job, progress, estimate }: Job): { done: number; total: number; detail: string } => {
  const count = (name: string): number => progress[name] ?? 0;
  if (job === 'restore') {
    const asked = count('requested') + count('underWay') + count('extended');
    const done = count('restored') + count('extended');
    return {
      done,
      total: Math.max(asked, estimate?.objects ?? 0),
      detail: `${count('requested')} on their way from S3`,
    };
  }
  const done = job === 'archive' ? count('marked') + count('markedBefore') : count('packed');
  return { done, total: Math.max(done, estimate?.objects ?? 0), detail: '' };
};
