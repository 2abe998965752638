import type { Command } from 'commander';
import { amount } from '../../core/amount.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { describeDifference, failbackPlan, failoverPlan } from '../failover/describe.ts';
import { type FailoverOptions, type FailoverPlace, failoverPlace, withFailoverOptions } from '../failover/place.ts';
import { type FailbackResult, runFailback, writtenDuring } from '../failover/run-failback.ts';
import { runFailover } from '../failover/run-failover.ts';
import { survey } from '../failover/survey.ts';
import type { Register } from '../program.ts';
import { SettingsStore } from '../session/settings.ts';
import { standbyProfile } from '../session/standby-access.ts';

interface RunOptions extends FailoverOptions {
  readonly assembly?: string;
  readonly sample: string;
  readonly again?: boolean;
  readonly wait: string;
  readonly force?: boolean;
}

const help = `
Examples:
  mediakeep failover plan --local
  mediakeep failover run --region ap-south-1 --second-region ap-south-2
  mediakeep --standby <principal> ls --class raw-audio
  mediakeep failback run --region ap-south-1 --second-region ap-south-2

AWS credentials come from where the AWS SDK finds them. docs/failover.md has the procedure.`;

/** `failover` and `failback`: read from the second region while the first is lost, and go back. */
export const registerFailoverCommands: Register = (program, context) => {
  const failover = program
    .command('failover')
    .description('read from the second region while the home region is lost')
    .addHelpText('after', help);
  withFailoverOptions(failover.command('plan'))
    .description('what is where, what was not copied, what `run` will do; changes nothing')
    .addHelpText('after', help)
    .action((options: FailoverOptions) => planFailover(options, context()));
  withRunOptions(failover.command('run'))
    .description('deploy the API of the second region, make its catalog from the copies, verify it, open it')
    .option('--sample <count>', 'contents to read again and compare', '50')
    .option('--again', 'make the catalog again: copies have come since')
    .addHelpText('after', help)
    .action((options: RunOptions) => doFailover(options, context()));

  const failback = program.command('failback').description('go back to the home region').addHelpText('after', help);
  withFailoverOptions(failback.command('plan'))
    .description('what the regions have of each other and what `run` will do; changes nothing')
    .addHelpText('after', help)
    .action((options: FailoverOptions) => planFailback(options, context()));
  withRunOptions(failback.command('run'))
    .description('compare, wait for the copies, reconcile, remove the API of the second region')
    .option('--wait <minutes>', 'how long to wait for copies', '30')
    .option('--force', 'remove the API of the second region although something is unresolved')
    .addHelpText('after', help)
    .action((options: RunOptions) => doFailback(options, context()));
};

const withRunOptions = (command: Command): Command =>
  withFailoverOptions(command).option('--assembly <folder>', 'an app synthesized before with `-c standby=true`');

const planFailover = async (options: FailoverOptions, current: CommandContext): Promise<void> => {
  const { output } = current;
  const place = await failoverPlace(options, current);
  const seen = await survey(place);
  const isDeployed = (await place.standby()) !== undefined;
  output.data({ ...seen, standby: isDeployed });
  for (const line of failoverPlan(seen, isDeployed)) output.line(line);
};

const doFailover = async (options: RunOptions, current: CommandContext): Promise<void> => {
  const { output, signal, env } = current;
  const place = await failoverPlace(options, current);
  const result = await runFailover(place, {
    assembly: options.assembly,
    sample: wholeNumber('--sample', options.sample),
    again: options.again === true,
    signal,
    step: output.note,
  });
  const seen = await survey(place);
  const { api, readerRoleArn } = result.standby;
  new SettingsStore(env).saveProfile(standbyProfile, { api, readerRole: readerRoleArn, region: place.secondRegion });
  output.data({ ...result, ...seen });
  for (const line of describeDifference(seen)) output.line(line);
  output.line(`The copies answer at ${api}, read-only. Read as a member: mediakeep --standby <principal> ls --class …`);
};

const planFailback = async (options: FailoverOptions, current: CommandContext): Promise<void> => {
  const { output } = current;
  const place = await failoverPlace(options, current);
  const seen = await survey(place);
  const written = seen.difference === undefined ? [] : await writtenDuring(place, seen.difference);
  output.data({ ...seen, written });
  for (const line of failbackPlan(seen, written)) output.line(line);
};

const doFailback = async (options: RunOptions, current: CommandContext): Promise<void> => {
  const { output, signal } = current;
  const place = await failoverPlace(options, current);
  const result = await runFailback(place, {
    assembly: options.assembly,
    patienceMs: wholeNumber('--wait', options.wait) * 60_000,
    force: options.force === true,
    signal,
    step: output.note,
  });
  output.data(result);
  output.line(
    `Without a copy before: ${amount(result.wasNotReplicated.length, 'version')}; still: ${result.stillNotReplicated.length}.`,
  );
  const left = result.findings.filter(({ settled }) => settled !== 'repaired');
  output.line(
    left.length === 0
      ? 'The home region agrees with itself and its copies.'
      : `${amount(left.length, 'finding')} left.`,
  );
  if (result.unresolved > 0) throw new CliError(exitCodes.partial, unresolvedText(place, result));
};

const unresolvedText = (
  { deployment, secondRegion }: FailoverPlace,
  { removed, unresolved }: FailbackResult,
): string => {
  const look = 'Look at the findings with `mediakeep reconcile`, at copies with `mediakeep failback plan`.';
  if (removed) return `${unresolved} unresolved; ${deployment}-standby is removed all the same. ${look}`;
  return [
    `${deployment}-standby is kept: ${unresolved} unresolved, and ${secondRegion} may show what is right.`,
    `${look} Settle them and run this again, or remove the stack now with --force: what only ${secondRegion} has stays in its buckets, and no API shows it.`,
  ].join('\n');
};

const wholeNumber = (option: string, text: string): number => {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new CliError(exitCodes.usage, `${option} takes a whole number, not \`${text}\`.`);
};
