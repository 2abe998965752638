import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { control } from '../cli/local/control-client.ts';
import { StatusAnswer } from '../cli/local/status.ts';
import { LocalState } from '../local/state-file.ts';

export const projectDir = resolve(import.meta.dirname, '..');
export const cliMain = join(projectDir, 'cli', 'main.ts');
/** The command as people start it. */
export const launcher = join(projectDir, 'cli', 'mediakeep.mjs');

/** How a process ended, and what it said. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** A platform in a process of its own, as `npm start` runs it. */
export interface PlatformProcess {
  readonly state: LocalState;
  readonly pid: number;
  status(): Promise<StatusAnswer>;
  end(signal: NodeJS.Signals): Promise<Ending>;
}

/** Runs a command of the CLI that ends by itself. */
export const runCli = async (stateDir: string, ...command: string[]): Promise<Ending> => {
  const { child, ended } = spawnCli(stateDir, command);
  child.stdout?.resume();
  return await ended;
};

/** Starts a platform and waits until it says where it is. */
export const startProcess = async (stateDir: string, ...options: string[]): Promise<PlatformProcess> => {
  const { child, ended } = spawnCli(stateDir, ['local', 'start', ...options]);
  const failed = ended.then(({ errors }): never => {
    throw new Error(`The platform did not start:\n${errors}`);
  });
  failed.catch(() => {});
  const state = await Promise.race([readState(child), failed]);
  return {
    state,
    pid: child.pid ?? 0,
    status: async () => StatusAnswer.parse(await control(state, 'GET', 'status')),
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
  };
};

const spawnCli = (stateDir: string, command: readonly string[]): { child: ChildProcess; ended: Promise<Ending> } => {
  const args = ['--disable-warning=ExperimentalWarning', launcher, '--json', '--state-dir', stateDir, ...command];
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = child.stderr === null ? Promise.resolve('') : text(child.stderr);
  const ended = once(child, 'exit').then(async ([code, signal]) => ({ code, signal, errors: await errors }));
  return { child, ended };
};

const readState = async (child: ChildProcess): Promise<LocalState> => {
  let received = '';
  for await (const chunk of child.stdout ?? []) {
    received += String(chunk);
    if (received.trimEnd().endsWith('\n}')) break;
  }
  child.stdout?.resume();
  // It said nothing and ends: how is told elsewhere.
  if (received === '') return await new Promise(() => {});
  return LocalState.parse(JSON.parse(received));
};
