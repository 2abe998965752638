import type { Command } from 'commander';
import { days, hours } from '../../core/time.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { control, requireRunning } from './control-client.ts';
import { StatusAnswer } from './status.ts';

/** `local region …` and `local replication`: what can happen to a region, and to the copies in the other. */
export const registerRegionCommands = (local: Command, context: () => CommandContext): void => {
  const region = local.command('region').description('lose a region of the platform, or bring it back');
  for (const [name, down] of [
    ['down', true],
    ['up', false],
  ] as const) {
    region
      .command(`${name} <region>`)
      .description(down ? 'cut a region off: nothing in it answers or runs' : 'bring a region back with all it had')
      .addHelpText('after', `\nExample:\n  mediakeep local region ${name} ap-south-1`)
      .action(async (wanted: string) => {
        const { output, stateDir } = context();
        await control(requireRunning(stateDir), 'POST', 'regions', JSON.stringify({ region: wanted, down }));
        output.data({ region: wanted, down });
        output.line(down ? `${wanted} cannot be reached any more.` : `${wanted} is back.`);
      });
  }
  local
    .command('replication')
    .description('show how copies reach the second region, slow them down, or pause them')
    .option('--lag <time>', 'time from a write to its copy, on the platform’s clock: 0, 90s, 30m, 2h, 1d')
    .option('--pause', 'make no copies')
    .option('--resume', 'make copies again')
    .addHelpText('after', '\nExamples:\n  mediakeep local replication --lag 30m\n  mediakeep local replication --pause')
    .action(async (options: { lag?: string; pause?: boolean; resume?: boolean }) => {
      const { output, stateDir } = context();
      const state = requireRunning(stateDir);
      const change = changeOf(options);
      if (change !== undefined) await control(state, 'POST', 'replication', JSON.stringify(change));
      const { replication } = StatusAnswer.parse(await control(state, 'GET', 'status'));
      output.data(replication);
      const pace = replication.paused ? 'paused' : `${replication.lagMs / 1000} s after the original`;
      output.line(`Copies: ${pace}; ${replication.operations} wait.`);
    });
};

const changeOf = ({ lag, pause, resume }: { lag?: string; pause?: boolean; resume?: boolean }) => {
  if (pause && resume) throw new CliError(exitCodes.usage, 'Give `--pause` or `--resume`, not both.');
  if (lag === undefined && !pause && !resume) return undefined;
  return { ...(lag !== undefined && { lagMs: parseLag(lag) }), ...((pause || resume) && { paused: pause === true }) };
};

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: hours(1), d: days(1) };

/** `30m` → 1,800,000. */
const parseLag = (text: string): number => {
  const [, count, unit] = /^(\d{1,4})([smhd])$/.exec(text) ?? (text === '0' ? ['0', '0', 's'] : []);
  const ms = Number(count) * (units[unit ?? ''] ?? Number.NaN);
  if (ms <= days(30)) return ms;
  throw new CliError(
    exitCodes.usage,
    `\`${text}\` is no lag. Allowed: \`0\` to \`30d\`, such as \`90s\`, \`30m\`, \`2h\`.`,
  );
};
