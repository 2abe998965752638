import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { control } from '../cli/local/control-client.ts';
import { StatusAnswer } from '../cli/local/status.ts';
import { Mediakeep } from '../client/index.ts';
import { httpTransport } from '../client/node/index.ts';
import { LocalState } from '../local/state-file.ts';

/** A platform in a process of its own, as `npm start` runs it. */
export interface ChildPlatform extends AsyncDisposable {
  readonly state: LocalState;
  readonly stateDir: string;
  readonly pid: number;
  readonly readyMs: number;
  /** A client as the first sample user. */
  client(sockets: number): Mediakeep;
  status(): Promise<StatusAnswer>;
}

export const projectDir = resolve(import.meta.dirname, '..');
export const cliMain = join(projectDir, 'cli', 'main.ts');
/** The command as people start it. */
export const launcher = join(projectDir, 'cli', 'mediakeep.mjs');

/** No caller is slowed down by the quotas of the default deployment. */
const quotas = JSON.stringify({ requestsPerMinute: 100_000 });

export const startChild = async (options: { samples?: boolean } = {}): Promise<ChildPlatform> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'mediakeep-bench-'));
  const args = ['--disable-warning=ExperimentalWarning', cliMain, '--json', '--state-dir', stateDir, 'local', 'start'];
  const more = ['--port', '0', '-c', `quotas=${quotas}`, ...(options.samples ? ['--samples'] : [])];
  const startedAt = performance.now();
  const child = spawn(process.execPath, [...args, ...more], { cwd: projectDir, stdio: ['ignore', 'pipe', 'pipe'] });
  const errors = text(child.stderr);
  const state = await Promise.race([readState(child.stdout), failure(child, errors)]);
  const readyMs = performance.now() - startedAt;
  return {
    state,
    stateDir,
    readyMs,
    pid: child.pid ?? 0,
    client: (sockets) =>
      new Mediakeep({ api: state.api, token: () => state.users[0]?.token ?? '', transport: httpTransport(sockets) }),
    status: async () => StatusAnswer.parse(await control(state, 'GET', 'status')),
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      await ended;
      rmSync(stateDir, { recursive: true });
    },
  };
};

const readState = async (stdout: AsyncIterable<Buffer>): Promise<LocalState> => {
  let received = '';
  for await (const chunk of stdout) {
    received += chunk.toString('utf8');
    if (received.trimEnd().endsWith('\n}')) return LocalState.parse(JSON.parse(received));
  }
  return await new Promise(() => {});
};

const failure = async (child: ReturnType<typeof spawn>, errors: Promise<string>): Promise<never> => {
  await once(child, 'exit');
  throw new Error(`The platform did not start:\n${await errors}`);
};

/** Resident memory of a process and all its descendants, in bytes. */
export const residentBytes = (pid: number): number => family(pid).reduce((sum, id) => sum + memoryOf(id), 0);

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

const statusField = (pid: number, field: string): number | undefined => {
  try {
    const match = new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match === null ? undefined : Number(match[1]);
  } catch {
    // The process ended between the listing and the look.
    return undefined;
  }
};

const parentOf = (pid: number): number | undefined => statusField(pid, 'PPid');
const memoryOf = (pid: number): number => (statusField(pid, 'VmRSS') ?? 0) * 1024;

/** The most memory that any one of a process and its descendants has had, in bytes. */
export const peakBytes = (pid: number): number =>
  Math.max(0, ...family(pid).map((id) => (statusField(id, 'VmHWM') ?? 0) * 1024));
