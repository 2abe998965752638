import type { ChildProcess } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deployment } from './fake-deployment.ts';
import { assetId, content, startDeployment } from './fake-deployment.ts';
import { environment, newFolder } from './run-cli.ts';

const launcher = resolve(import.meta.dirname, '../../cli/mediakeep.mjs');
const cache = newFolder();

let deployment: Deployment;
beforeAll(async () => {
  deployment = await startDeployment();
});
afterAll(() => deployment[Symbol.asyncDispose]());

const environmentOf = (api: string): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  XDG_CACHE_HOME: cache,
  ...environment(api),
});

const start = (argv: readonly string[], api = deployment.url, env = environmentOf(api)): ChildProcess =>
  spawn(process.execPath, [launcher, ...argv], { env, stdio: ['ignore', 'pipe', 'pipe'] });

const end = async (child: ChildProcess) => {
  const [out, err, [code, signal]] = await Promise.all([
    child.stdout ? text(child.stdout) : '',
    child.stderr ? text(child.stderr) : '',
    once(child, 'exit'),
  ]);
  return { out, err, code, signal };
};

const shell = (line: string) => {
  const env = { ...environmentOf(deployment.url), NODE: process.execPath, MK: launcher };
  return new Promise<{ stdout: Buffer; stderr: string }>((done) => {
    const child = spawn('bash', ['-c', `set -o pipefail; mk() { "$NODE" "$MK" "$@"; }; ${line}`], { env });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('close', () => done({ stdout: Buffer.concat(chunks), stderr }));
  });
};

describe('the command in a pipe', () => {
  it('writes content byte for byte', async () => {
    const { stdout, stderr } = await shell(`mk get ${assetId} -o - | cat`);

    expect({ stdout, stderr }).toEqual({ stdout: content, stderr: '' });
  });

  it('is content with a reader that has enough', async () => {
    const many = Array.from({ length: 200 }, () => assetId).join(' ');

    const { stdout, stderr } = await shell(`mk rm ${many} --json | head -1 > /dev/null; echo "\${PIPESTATUS[@]}"`);

    expect(stderr).toBe('');
    expect(stdout.toString()).toBe('0 0\n');
  });
});

describe('the launcher', () => {
  it('keeps exit codes and warns of nothing', async () => {
    expect(await end(start(['show', '01JZ8K2M4N6P8Q0R2S4T6V8W0X']))).toMatchObject({ code: 6, out: '' });
    expect(await end(start(['ls', '--class', 'raw-audio', '--json']))).toMatchObject({ code: 0, err: '' });
  });

  it('works through a link, as npm installs it', async () => {
    const link = join(newFolder(), 'mediakeep');
    symlinkSync(launcher, link);

    const { stdout, status } = spawnSync(process.execPath, [link, '--version'], {
      encoding: 'utf8',
      env: environmentOf(''),
    });

    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  it('starts the pinned Node from the Node of the machine', () => {
    const own = (process.env['PATH'] ?? '')
      .split(delimiter)
      .filter((folder) => !folder.includes('node_modules'))
      .join(delimiter);

    const { status } = spawnSync('node', [launcher, '--version'], { env: { ...environmentOf(''), PATH: own } });

    expect(status).toBe(0);
  });
});

/** An upload that is ended in the middle of its parts: from the twentieth on storage takes none until it has ended. */
const slowUpload = async (kill: (child: ChildProcess) => void) => {
  let arrived = 0;
  let isOver = false;
  let reached = (): void => {};
  const middle = new Promise<void>((done) => {
    reached = done;
  });
  const slow = await startDeployment({
    partBytes: 1000,
    faults: ({ query }) => {
      arrived += query.has('partNumber') ? 1 : 0;
      if (arrived === 20) reached();
      return arrived >= 20 && !isOver ? { breakAfterBytes: 0 } : undefined;
    },
  });
  const path = join(newFolder(), 'long.wav');
  writeFileSync(path, Buffer.alloc(60_000, 7));
  const env = environmentOf(slow.url);
  const argv = ['upload', path, '--class', 'raw-audio', '--parallel-parts', '2'];
  const child = start(argv, slow.url, env);
  const ended = end(child);
  await middle;
  kill(child);
  const first = await ended;
  isOver = true;
  const second = await end(start(argv, slow.url, env));
  return { slow, first, second };
};

describe('an upload that is ended from outside', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('by %s ends with 130 and goes on later', async (signal) => {
    const { slow, first, second } = await slowUpload((child) => child.kill(signal));
    await using _ = slow;

    expect(first).toMatchObject({ code: 130, err: expect.stringContaining('goes on where this one ended') });
    expect(second).toMatchObject({ code: 0, err: '' });
    expect([...slow.storage.arrivals.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2);
  });

  it('by SIGKILL goes on later, and the command does not outlive its launcher', async () => {
    const { slow, first, second } = await slowUpload((child) => child.kill('SIGKILL'));
    await using _ = slow;

    expect(first.signal).toBe('SIGKILL');
    expect(second).toMatchObject({ code: 0 });
    expect([...slow.storage.arrivals.values()].filter((times) => times > 1).length).toBeLessThanOrEqual(2);
    expect(slow.uploads.uploads.size).toBe(1);
  });
});
