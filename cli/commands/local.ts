import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { isoTime } from '../../core/time.ts';
import { parseInstant } from '../../local/clock.ts';
import { defaultPort } from '../../local/platform-options.ts';
import { stateFile } from '../../local/state-file.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { control, requireRunning, runningPlatform } from '../local/control-client.ts';
import { requireNotRunning, startLocal, synthesizeInto } from '../local/start.ts';
import { StatusAnswer, statusLines } from '../local/status.ts';
import { uploadSamples } from '../local/upload-samples.ts';
import { welcomeLines } from '../local/welcome.ts';
import type { Register } from '../program.ts';

interface StartCommandOptions {
  readonly samples?: boolean;
  readonly memory?: boolean;
  readonly port: string;
  readonly context: string[];
  readonly verbose?: boolean;
}

const examples = `
Examples:
  mediakeep local start --samples             the whole platform on this machine, with something in it
  mediakeep local start --port 41820 --state-dir .second
  mediakeep local clock +90d                  three months pass
  mediakeep local faults '[{"service":"s3","kind":"throttle","probability":0.3}]'
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
    .action((options: StartCommandOptions) => start(context(), options));

  local
    .command('status')
    .description('what runs, what waits in its queues, which alarms ring')
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
    .action(async (rules: string | undefined) => {
      const { output, stateDir } = context();
      await control(requireRunning(stateDir), 'POST', 'faults', rules ?? '[]');
      output.line(rules === undefined ? 'Nothing fails any more.' : 'The rules are in force.');
    });

  local
    .command('reset')
    .description('forget everything that the platform on this machine keeps')
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

const start = async (
  { output, stateDir, env, signal }: CommandContext,
  options: StartCommandOptions,
): Promise<void> => {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_533) {
    throw new CliError(exitCodes.usage, `--port takes a number from 0 to 65533, not \`${options.port}\`.`);
  }
  const pairs = options.context.map((pair): [string, string] => {
    const [key = '', ...value] = pair.split('=');
    return [key, value.join('=')];
  });
  const log = options.verbose ? (line: string) => output.note(line) : () => {};
  // Before the synthesis, which would take the code away from under a platform that runs here.
  await requireNotRunning(stateDir);
  output.line('Synthesizing the app …');
  const assemblyDir = await synthesizeInto(stateDir, Object.fromEntries(pairs));
  output.line('Starting what its template describes …');
  const settings = { stateDir, port, memory: options.memory ?? false, context: {}, env, log };
  await using running = await startLocal(assemblyDir, settings);
  if (options.samples) {
    output.line('Uploading samples:');
    await uploadSamples(running.state, output);
  }
  output.data(running.state);
  for (const line of welcomeLines(running.state, stateDir)) output.line(line);
  if (!signal.aborted) await once(signal, 'abort');
  output.line('Stopping …');
};
