import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { isoTime } from '../../core/time.ts';
import { parseInstant } from '../../local/clock.ts';
import { defaultPort } from '../../local/platform-options.ts';
import { stateFile } from '../../local/state-file.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { control, requireRunning, runningPlatform } from '../local/control-client.ts';
import { registerCorruptCommand } from '../local/corrupt-command.ts';
import { registerRegionCommands } from '../local/region-commands.ts';
import type { RunOptions } from '../local/run.ts';
import { StatusAnswer, statusLines } from '../local/status.ts';
import type { Register } from '../program.ts';

const examples = `
Examples:
  mediakeep local start --samples             the whole platform on this machine, with something in it
  mediakeep local start --port 41820 --state-dir .second
  mediakeep local clock +90d                  three months pass
  mediakeep local faults '[{"service":"s3","kind":"throttle","probability":0.3}]'
  mediakeep local region down ap-south-1      lose a region, and bring it back with \`up\`
  mediakeep local replication --lag 30m       copies come half an hour late
  mediakeep local status --json
  mediakeep local reset                       forget everything`;

/** `local …`: the whole platform on one machine. */
export const registerLocalCommand: Register = (program, context) => {
  const local = program
    .command('local')
    .description('the whole platform on this machine, with no account')
    .addHelpText('after', examples);

  local
    .command('start')
    .description('synthesize the app and run it until Ctrl-C')
    .option('--samples', 'upload sample recordings, pictures and texts')
    .option('--memory', 'keep nothing')
    .option('--port <n>', 'first of three ports; 0 takes any that are free', String(defaultPort))
    .option(
      '-c, --context <key=value>',
      'context for the synthesis; may be repeated',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--verbose', 'show the log of the platform and its functions')
    .addHelpText('after', '\nExample:\n  mediakeep local start --samples --port 41820 --state-dir .second')
    .action(async (options: RunOptions) => {
      // Loaded only here: the platform is large, and most commands need none of it.
      const { runLocal } = await import('../local/run.ts');
      await runLocal(context(), options);
    });

  local
    .command('status')
    .description('what runs, what waits in its queues, which alarms ring')
    .addHelpText('after', '\nExample:\n  mediakeep local status --json')
    .action(async () => {
      const { output, stateDir } = context();
      const state = requireRunning(stateDir);
      const status = StatusAnswer.parse(await control(state, 'GET', 'status'));
      output.data({ ...status, endpoint: state.endpoint, api: state.api, issuer: state.issuer });
      for (const line of statusLines(state, status)) output.line(line);
    });

  local
    .command('clock [time]')
    .description('show the clock, or move it: +90d, +12h, or an ISO time')
    .addHelpText('after', '\nExample:\n  mediakeep local clock +90d')
    .action(async (time: string | undefined) => {
      const { output, stateDir } = context();
      const state = requireRunning(stateDir);
      const { now } = StatusAnswer.parse(await control(state, 'GET', 'status'));
      const target = time === undefined ? now : parseTime(time, now);
      if (time !== undefined) await control(state, 'POST', 'clock', String(target));
      output.data({ now: isoTime(target) });
      output.line(isoTime(target));
    });

  local
    .command('faults [rules]')
    .description('make requests of the functions fail, as a JSON list of rules; without rules, nothing fails any more')
    .addHelpText(
      'after',
      '\nExample:\n  mediakeep local faults \'[{"service":"dynamodb","kind":"lost-answer","probability":0.1}]\'',
    )
    .action(async (rules: string | undefined) => {
      const { output, stateDir } = context();
      await control(requireRunning(stateDir), 'POST', 'faults', rules ?? '[]');
      output.line(rules === undefined ? 'Nothing fails any more.' : 'The rules are in force.');
    });

  registerRegionCommands(local, context);
  registerCorruptCommand(local, context);

  local
    .command('reset')
    .description('forget everything that the platform on this machine keeps')
    .addHelpText('after', '\nExample:\n  mediakeep local reset')
    .action(async () => {
      const { output, stateDir } = context();
      const running = await runningPlatform(stateDir);
      if (running !== undefined) {
        throw new CliError(
          exitCodes.refused,
          `The platform in ${stateDir} is running (process ${running.pid}). Stop it first.`,
        );
      }
      if (!existsSync(stateFile(stateDir)))
        throw new CliError(exitCodes.notFound, `There is nothing to forget in ${resolve(stateDir)}.`);
      rmSync(resolve(stateDir), { recursive: true });
      output.line(`${resolve(stateDir)} is gone.`);
    });
};

const parseTime = (text: string, now: number): number => {
  try {
    return parseInstant(text, now);
  } catch (error) {
    throw new CliError(exitCodes.usage, error instanceof Error ? error.message : String(error));
  }
};
