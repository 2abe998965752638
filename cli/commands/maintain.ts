import type { Command } from 'commander';
import { amount } from '../../core/amount.ts';
import { GiB } from '../../core/bytes.ts';
import type { JobKind } from '../../core/jobs/job-row.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { type FollowedJob, followJob } from '../operator/follow-job.ts';
import {
  type OperatorOptions,
  type OperatorTarget,
  operatorHelp,
  operatorTarget,
  withOperatorOptions,
} from '../operator/operator-target.ts';
import { type ReportFinding, readFindings } from '../operator/read-report.ts';
import { startOperatorJob } from '../operator/start-job.ts';
import { formatBytes, table } from '../output.ts';
import type { Register } from '../program.ts';

interface ScopeOptions extends OperatorOptions {
  readonly ofTenant?: string;
  readonly class?: string;
}

/** A text answer shows so many findings; all of them are in the report. */
const shownFindings = 100;

/** `reconcile`, `rebuild-catalog`, `scrub`: what operators do to see that the store agrees with itself, and that it does. */
export const registerMaintainCommands: Register = (program, context) => {
  withScope(program.command('reconcile'))
    .description('compare vault, catalog, second region and landing; say what is wrong and what would put it right')
    .option('--repair', 'put right what is safe; the rest is shown and left')
    .option(
      '--recount',
      'with --repair: write wrong counters anew, once you know that the function project is not behind',
    )
    .addHelpText('after', help('reconcile --local', 'reconcile --repair --of-tenant acme --region ap-south-1'))
    .action((options: ScopeOptions & { readonly repair?: boolean; readonly recount?: boolean }) =>
      maintain(context(), 'reconcile', options, {
        repair: options.repair === true,
        recount: options.repair === true && options.recount === true,
      }),
    );

  withScope(program.command('rebuild-catalog'))
    .description('make the catalog from the vault alone: objects, facts and journal')
    .option('--into <table>', 'fill this table of the same form instead of the catalog’s: `{deployment}-rebuild-…`')
    .addHelpText(
      'after',
      help('rebuild-catalog --local', 'rebuild-catalog --into mediakeep-rebuild-1 --region ap-south-1'),
    )
    .action((options: ScopeOptions & { readonly into?: string }) =>
      maintain(context(), 'rebuild', options, { ...(options.into !== undefined && { table: options.into }) }),
    );

  withScope(program.command('scrub'))
    .description('read content again, compare it with its checksums, and heal what is corrupt from the second region')
    .option('--all', 'all of the vault now, instead of the share of the day')
    .option('--no-heal', 'only say what is corrupt')
    .option('--large <bytes>', 'have S3 itself read what is larger, in a batch job (default: 8 GiB)', wholeNumber)
    .addHelpText('after', help('scrub --local --all', 'scrub --class raw-audio --region ap-south-1'))
    .action((options: ScopeOptions & { readonly all?: boolean; readonly heal: boolean; readonly large?: number }) =>
      maintain(context(), 'scrub', options, {
        heal: options.heal,
        ...(options.all && { everyDays: 1 }),
        ...(options.large !== undefined && { largeBytes: options.large }),
      }),
    );
};

const mostLargeBytes = GiB(8);

const wholeNumber = (text: string): number => {
  const bytes = Number(text);
  if (Number.isInteger(bytes) && bytes >= 1 && bytes <= mostLargeBytes) return bytes;
  throw new CliError(
    exitCodes.usage,
    `--large is ${text}; it is a whole number of bytes from 1 to ${mostLargeBytes} (8 GiB), which is what a function can read.`,
  );
};

const withScope = (command: Command): Command =>
  withOperatorOptions(command)
    .option('--of-tenant <id>', 'only this tenant')
    .option('--class <name>', 'only this data class');

const help = (...examples: readonly string[]): string =>
  `\nExamples:\n${examples.map((example) => `  mediakeep ${example}`).join('\n')}\n${operatorHelp}`;

const maintain = async (
  current: CommandContext,
  job: JobKind,
  options: ScopeOptions,
  input: Readonly<Record<string, unknown>>,
): Promise<void> => {
  const { output } = current;
  const scope = {
    ...(options.ofTenant !== undefined && { tenant: options.ofTenant }),
    ...(options.class !== undefined && { dataClass: options.class }),
  };
  const target = await operatorTarget(options, current);
  const started = await startOperatorJob(target, { job, functionId: 'reconcile', input: { ...input, scope } });
  output.note(`Job ${started.jobId} works on it; stopping this command does not stop it.`);
  const result = await followJob(target, started, {
    signal: current.signal,
    onProgress: (followed) => output.note(progressLine(followed)),
    ...(target.local && { pauseMs: 200 }),
  });
  const findings: ReportFinding[] = [];
  for await (const finding of readFindings(target, String(result['report']))) findings.push(finding);
  const copying = input['repair'] === true ? await copyTheRest(target, started.jobId, findings) : undefined;
  output.data({ jobId: started.jobId, ...result, findings, ...(copying !== undefined && { batchJobId: copying }) });
  for (const line of resultLines(result, findings)) output.line(line);
  if (copying !== undefined) output.line(`S3 copies what has no copy yet: batch job ${copying}.`);
  const left = findings.filter(({ settled }) => settled !== 'repaired').length;
  if (left > 0) throw new CliError(exitCodes.partial, `${amount(left, 'finding')} left; see ${result['report']}.`);
};

/** Copies to the second region are S3's own work, and its jobs are the operator's to start: no function may hand over a role. */
const copyTheRest = async (
  target: OperatorTarget,
  token: string,
  findings: readonly ReportFinding[],
): Promise<string | undefined> => {
  const roleArn = target.batchReplicationRoleArn;
  if (roleArn === undefined || !findings.some(({ kind }) => kind === 'unreplicated')) return undefined;
  const { createS3ControlClient } = await import('../operator/s3-control-client.ts');
  const { startBatchReplication } = await import('../operator/batch-replication.ts');
  const accountId = roleArn.split(':')[4] ?? '';
  const client = createS3ControlClient(target.aws());
  return await startBatchReplication(client, { accountId, token, bucket: target.buckets.vault, roleArn });
};

const progressLine = ({ progress }: FollowedJob): string =>
  Object.entries(progress)
    .map(([name, count]) => `${name} ${name === 'bytes' ? formatBytes(count) : count}`)
    .join(', ');

const resultLines = (
  result: Readonly<Record<string, unknown>>,
  findings: readonly ReportFinding[],
): readonly string[] => {
  const counted = Object.entries(result).filter(([, value]) => typeof value === 'number');
  const counts = counted.map(([name, value]) => `${name} ${name === 'bytes' ? formatBytes(Number(value)) : value}`);
  if (findings.length === 0) return [counts.join(', '), 'Nothing is wrong.'];
  const rows = findings
    .slice(0, shownFindings)
    .map(({ kind, tenant, assetId, key, action, settled, found }) => [
      kind,
      tenant ?? '',
      assetId ?? key ?? '',
      action,
      settled,
      found,
    ]);
  const more = findings.length - rows.length;
  return [
    counts.join(', '),
    ...table(['finding', 'tenant', 'of', 'repair', 'is', 'what was found'], rows),
    ...(more > 0 ? [`… and ${more} more in ${result['report']}.`] : []),
  ];
};
