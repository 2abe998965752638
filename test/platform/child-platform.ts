import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { S3Client } from '@aws-sdk/client-s3';
import { control } from '../../cli/local/control-client.ts';
import { StatusAnswer } from '../../cli/local/status.ts';
import { LocalState } from '../../local/state-file.ts';
import type { ReachablePlatform } from './running-platform.ts';

const projectDir = resolve(import.meta.dirname, '..', '..');

/** How a process ended, and what it said. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly errors: string;
}

/** A platform in a process of its own, as people start it. */
export interface ChildPlatform extends ReachablePlatform, Disposable {
  readonly state: LocalState;
  readonly pid: number;
  /** The process and all that it has started. */
  family(): number[];
  end(signal: NodeJS.Signals): Promise<Ending>;
  status(): Promise<StatusAnswer>;
}

const spawnCli = (stateDir: string, command: readonly string[]): { child: ChildProcess; ended: Promise<Ending> } => {
  const args = ['--disable-warning=ExperimentalWarning', 'cli/main.ts', '--json', '--state-dir', stateDir, ...command];
  const child = spawn(process.execPath, args, { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = child.stderr === null ? Promise.resolve('') : text(child.stderr);
  const ended = once(child, 'exit').then(async ([code, signal]) => ({ code, signal, errors: await errors }));
  return { child, ended };
};

/** Runs a command of the CLI that ends by itself. */
export const runCli = async (stateDir: string, ...command: string[]): Promise<Ending> => {
  const { child, ended } = spawnCli(stateDir, command);
  child.stdout?.resume();
  return await ended;
};

/** Starts a platform and waits until it says where it is. */
export const startChild = async (stateDir: string, port = 0): Promise<ChildPlatform> => {
  const { child, ended } = spawnCli(stateDir, ['local', 'start', '--port', String(port)]);
  const failed = ended.then(({ errors }): never => {
    throw new Error(`The platform did not start:\n${errors}`);
  });
  failed.catch(() => {});
  const state = await Promise.race([readState(child), failed]);
  const { regions, endpoint, admin } = state;
  const s3 = new S3Client({ region: regions[0] ?? '', endpoint, forcePathStyle: true, credentials: admin });
  const pid = child.pid ?? 0;
  return {
    state,
    s3,
    pid,
    tokenOf: async (name) => state.users.find((user) => user.name === name)?.token ?? '',
    family: () => family(pid),
    async end(signal) {
      child.kill(signal);
      return await ended;
    },
    status: async () => StatusAnswer.parse(await control(state, 'GET', 'status')),
    [Symbol.dispose]() {
      s3.destroy();
      child.kill('SIGKILL');
    },
  };
};

const readState = async (child: ChildProcess): Promise<LocalState> => {
  let received = '';
  for await (const chunk of child.stdout ?? []) {
    received += String(chunk);
    if (received.trimEnd().endsWith('\n}')) break;
  }
  child.stdout?.resume();
  if (received === '') return await new Promise(() => {});
  return LocalState.parse(JSON.parse(received));
};

const family = (pid: number): number[] => {
  const parents = new Map(processIds().map((id) => [id, parentOf(id)]));
  const descends = (id: number | undefined): boolean =>
    id === pid || (id !== undefined && id > 1 && descends(parents.get(id)));
  return [...parents.keys()].filter(descends);
};

const processIds = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const parentOf = (pid: number): number | undefined => {
  const match = /^PPid:\s+(\d+)/m.exec(statusOf(pid));
  return match === null ? undefined : Number(match[1]);
};

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    // It ended between the listing and the look.
    return '';
  }
};

/** True while a process runs; one that has ended and waits to be noticed does not. */
export const isAlive = (pid: number): boolean => /^State:\s+[^ZX]/m.test(statusOf(pid));
