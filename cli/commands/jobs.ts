import { type Command, Option } from 'commander';
import type { ArchiveRequest, RestoreRequest } from '../../client/index.ts';
import { archiveTargets } from '../../core/archive/archive-class.ts';
import { type Job, type JobItem, RestoreSpeed } from '../../core/schemas/job.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { followJob, showJob } from '../jobs/follow-job.ts';
import { table } from '../output.ts';
import type { Register } from '../program.ts';

interface ScopeOptions {
  readonly asset?: string;
  readonly case?: string;
  readonly subject?: string;
  readonly class?: string;
  readonly from?: string;
  readonly to?: string;
}

interface StartOptions extends ScopeOptions {
  readonly budget?: string;
  readonly yes?: boolean;
  readonly wait?: boolean;
}

type ArchiveOptions = StartOptions & Pick<ArchiveRequest, 'reason' | 'storageClass'>;
type RestoreOptions = StartOptions & Pick<RestoreRequest, 'tier' | 'reason'> & { readonly days?: string };

/** `archive`, `restore`, `jobs`, `job`: what takes longer than a request. */
export const registerJobCommands: Register = (program, context) => {
  registerArchive(program, context);
  registerRestore(program, context);
  registerJobs(program, context);
  registerJob(program, context);
};

const withScope = (command: Command): Command =>
  command
    .option('--asset <id>', 'one asset')
    .option('--case <id>', 'everything of a case')
    .option('--subject <id>', 'everything of a data subject')
    .option('--class <name>', 'everything of a data class')
    .option('--from <time>', 'created at or after, ISO 8601')
    .option('--to <time>', 'created before, ISO 8601')
    .option('--budget <dollars>', 'begin at once where it costs no more')
    .option('--yes', 'begin at once whatever it costs')
    .option('--wait', 'stay until it has ended, with a progress bar on a terminal');

const registerArchive: Register = (program, context) => {
  withScope(program.command('archive'))
    .description('send something to the archive: cheap to keep, to be restored before it can be read')
    .requiredOption('--reason <text>', 'why; kept with the job')
    .addOption(new Option('--storage-class <class>', 'where it goes').choices(archiveTargets).default('glacier'))
    .addHelpText(
      'after',
      `
Examples:
  mediakeep archive --asset 01JZ8K2M4N6P8Q0R2S4T6V8W0X --reason 'trial is over'
  mediakeep archive --case C-17 --storage-class deep-archive --reason 'case closed' --yes`,
    )
    .action(async ({ reason, storageClass, ...options }: ArchiveOptions) => {
      const { scope, budget } = startOf(options);
      await begin(context(), options, ({ jobs }) => jobs.archive({ ...scope, ...budget, reason, storageClass }));
    });
};

const registerRestore: Register = (program, context) => {
  withScope(program.command('restore'))
    .description('bring readable copies back from the archive, for some days')
    .addOption(new Option('--tier <tier>', 'how fast').choices(RestoreSpeed.options).default('standard'))
    .option('--days <n>', 'how long the copies stay', '7')
    .option('--reason <text>', 'why; kept with the job')
    .addHelpText(
      'after',
      `
Examples:
  mediakeep restore --case C-17
  mediakeep restore --subject speaker-0042 --tier bulk --budget 5 --wait
  mediakeep restore --class raw-audio --from 2026-01-01T00:00:00Z --to 2026-02-01T00:00:00Z --yes`,
    )
    .action(async ({ tier, days = '', reason, ...options }: RestoreOptions) => {
      const { scope, budget } = startOf(options);
      const more = { tier, days: amount(days, 'days'), ...(reason !== undefined && { reason }) };
      await begin(context(), options, ({ jobs }) => jobs.restore({ ...scope, ...budget, ...more }));
    });
};

type Client = ReturnType<CommandContext['openSession']>['client'];

/** Starts a job; one that waits because of its cost is confirmed by `--yes`, or shown with what to do. */
const begin = async (
  current: CommandContext,
  { yes, wait }: StartOptions,
  start: (client: Client) => Promise<Job>,
): Promise<void> => {
  using session = current.openSession();
  const { client } = session;
  const started = await start(client);
  const agreed = started.state === 'waiting' && yes === true ? await client.jobs.confirm(started.jobId) : started;
  const job = wait === true && agreed.state === 'running' ? await followJob(client, agreed.jobId, current) : agreed;
  showJob(job, current);
};

const startOf = ({ budget, yes: _y, wait: _w, ...scope }: StartOptions) => ({
  scope,
  budget: budget === undefined ? {} : { budget: amount(budget, 'budget') },
});

const amount = (text: string, name: string): number => {
  if (/^\d{1,9}(\.\d{1,4})?$/.test(text)) return Number(text);
  throw new CliError(exitCodes.usage, `--${name} \`${text}\` is no number of the kind \`7\` or \`2.50\`.`);
};

const states = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const;

const registerJobs: Register = (program, context) => {
  program
    .command('jobs')
    .description('long work of the tenant, newest first')
    .addOption(new Option('--state <state>', 'only these').choices(states))
    .option('--limit <n>', 'at most so many of each state', '20')
    .addHelpText('after', '\nExamples:\n  mediakeep jobs\n  mediakeep jobs --state waiting --json')
    .action(async ({ state, limit }: { state?: Job['state']; limit: string }) => {
      const { output, openSession } = context();
      using session = openSession();
      const most = amount(limit, 'limit');
      const found: JobItem[] = [];
      for (const each of state === undefined ? states : [state]) {
        let count = 0;
        for await (const item of session.client.jobs.list(each)) {
          if (count++ >= most) break;
          found.push(item);
        }
      }
      const newestFirst = found.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
      output.data(newestFirst);
      const rows = newestFirst.map(({ jobId, job, state: is, createdAt, updatedAt }) => [
        jobId,
        job,
        is,
        createdAt.slice(0, 19).replace('T', ' '),
        updatedAt.slice(0, 19).replace('T', ' '),
      ]);
      for (const line of table(['JOB', 'KIND', 'STATE', 'BEGUN', 'CHANGED'], rows)) output.line(line);
    });
};

const registerJob: Register = (program, context) => {
  program
    .command('job <jobId>')
    .description('how far a job is; let it begin, or end it')
    .addOption(new Option('--confirm', 'let a waiting job begin').conflicts('cancel'))
    .addOption(new Option('--cancel', 'end it; what it has done stays done').conflicts('confirm'))
    .option('--wait', 'stay until it has ended, with a progress bar on a terminal')
    .addHelpText('after', '\nExamples:\n  mediakeep job restore-01JZ8K2M4N6P8Q0R2S4T6V8W0X --confirm --wait')
    .action(async (jobId: string, options: { confirm?: boolean; cancel?: boolean; wait?: boolean }) => {
      const current = context();
      using session = current.openSession();
      const { jobs } = session.client;
      if (options.confirm) await jobs.confirm(jobId);
      if (options.cancel) await jobs.cancel(jobId);
      showJob(options.wait ? await followJob(session.client, jobId, current) : await jobs.get(jobId), current);
    });
};
