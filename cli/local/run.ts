import { once } from 'node:events';
import { lockState } from '../../local/state-lock.ts';
import type { CommandContext } from '../context.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { requireNotRunning, startLocal, synthesizeInto } from './start.ts';
import { uploadSamples } from './upload-samples.ts';
import { welcomeLines } from './welcome.ts';

/** What the command line says. */
export interface RunOptions {
  readonly samples?: boolean;
  readonly memory?: boolean;
  readonly port: string;
  readonly context: string[];
  readonly verbose?: boolean;
}

/** Synthesizes the app, runs it, and shows what it can do until it is interrupted. */
export const runLocal = async (
  { output, stateDir, env, signal }: CommandContext,
  options: RunOptions,
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
  using _lock = takeFolder(stateDir);
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

/** Two that start at the same moment would both find nobody running and write the same files. */
const takeFolder = (stateDir: string): Disposable => {
  const lock = lockState(stateDir);
  if (lock !== undefined) return lock;
  throw new CliError(
    exitCodes.refused,
    `Another process is starting or stopping a platform in ${stateDir}. Wait for it, or start one beside it with --state-dir and --port.`,
  );
};
