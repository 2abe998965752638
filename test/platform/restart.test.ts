import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { startLocal } from '../../cli/local/start.ts';
import { isRunning, stateFile } from '../../local/state-file.ts';
import type { ChildPlatform } from './child-platform.ts';
import { isAlive, runCli, startChild } from './child-platform.ts';
import type { SentUpload } from './sending.ts';
import { anyFile, freshContent, sendByPut, stateOf } from './sending.ts';
import { disagreements, miscounted, vaultVersions } from './vault-and-catalog.ts';

const folder = mkdtempSync(join(tmpdir(), 'mediakeep-restart-'));
const stateDir = join(folder, 'first');
const children: ChildPlatform[] = [];
afterAll(() => {
  for (const child of children) child[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const start = async (dir: string, port?: number): Promise<ChildPlatform> => {
  const child = await startChild(dir, port);
  children.push(child);
  return child;
};

/** Asks again until it holds; the test's own limit ends it. */
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 25));
};

const allGone = (pids: readonly number[]): Promise<void> => until(() => !pids.some(isAlive));

const drained = (child: ChildPlatform): Promise<void> =>
  until(async () => (await child.status()).queues.every(({ visible, inFlight }) => visible + inFlight === 0));

/** The counters follow within seconds; each look reads the whole table, so there is a pause between two. */
const counted = async (child: ChildPlatform): Promise<void> => {
  while ((await miscounted(child)).length > 0) await new Promise((resolve) => setTimeout(resolve, 500));
};

/** Sends one file after the other in several lanes until the platform is gone; answers what was acknowledged. */
const sendUntilItDies = async (child: ChildPlatform, killAfter: number): Promise<SentUpload[]> => {
  const acknowledged: SentUpload[] = [];
  let killed: Promise<unknown> | undefined;
  const lane = async (): Promise<void> => {
    while (killed === undefined) {
      acknowledged.push(await sendByPut(child, freshContent(), anyFile, 'asha'));
      if (acknowledged.length >= killAfter) killed ??= child.end('SIGKILL');
    }
  };
  // Whoever waits for an answer when the platform dies has no acknowledgement.
  await Promise.allSettled(Array.from({ length: 6 }, lane));
  await killed;
  return acknowledged;
};

describe('a platform that is killed in the middle of uploads', () => {
  it('has lost nothing that was acknowledged when it starts again, twice', { timeout: 120_000 }, async () => {
    const sent: SentUpload[] = [];
    for (const killAfter of [8, 25]) {
      const child = await start(stateDir);
      const family = child.family();
      sent.push(...(await sendUntilItDies(child, killAfter)));
      await allGone(family);
      expect(family.length).toBeGreaterThanOrEqual(2);
    }
    const again = await start(stateDir);
    await drained(again);
    await counted(again);
    const states = await Promise.all(sent.map(async (upload) => (await stateOf(again, upload)).state));
    const keys = (await vaultVersions(again)).map(({ key }) => key);
    const { alarms, queues } = await again.status();

    expect(sent.length).toBeGreaterThanOrEqual(33);
    expect(new Set(states)).toEqual(new Set(['stored']));
    expect(new Set(keys).size).toBe(keys.length);
    expect(await disagreements(again)).toEqual([]);
    expect(queues.length).toBe(6);
    expect(alarms.filter(({ state }) => state === 'ALARM')).toEqual([]);
  });
});

describe('a platform that runs', () => {
  const running = (): ChildPlatform => {
    const child = children.at(-1);
    if (child === undefined) throw new Error('No platform runs.');
    return child;
  };

  it('is not started a second time in its folder', async () => {
    const { code, errors } = await runCli(stateDir, 'local', 'start', '--port', '0');

    expect(code).toBe(7);
    expect(errors).toContain('runs already in');
    expect(errors).toContain('--state-dir');
    expect(isRunning(running().state)).toBe(true);
  });

  it('keeps its ports, and says to others what to do', async () => {
    const port = Number(new URL(running().state.endpoint).port);
    const options = {
      stateDir: join(folder, 'third'),
      port,
      memory: true,
      context: {},
      env: process.env,
      log: () => {},
    };

    await expect(startLocal(inject('assemblyDir'), options)).rejects.toThrow(
      new RegExp(`port ${port}: it is taken.*--port`, 's'),
    );
  });

  it('has another beside it that knows nothing of it', async () => {
    const first = running();
    const second = await startChild(join(folder, 'second'));
    children.unshift(second);
    const upload = await sendByPut(second, freshContent(), anyFile, 'asha');
    await drained(second);
    const foreign = await fetch(`${first.state.api}/me`, {
      headers: { authorization: `Bearer ${await second.tokenOf('asha')}` },
    });
    const family = second.family();
    const { code } = await second.end('SIGTERM');
    await allGone(family);

    expect(foreign.status).toBe(401);
    expect((await vaultVersions(first)).some(({ key }) => key.includes(upload.assetId))).toBe(false);
    expect(code).toBe(0);
    expect((await first.status()).queues.length).toBe(6);
  });

  it('leaves no process and no open port behind at Ctrl-C', async () => {
    const child = running();
    const family = child.family();
    const { code, signal } = await child.end('SIGINT');
    await allGone(family);

    expect(family.length).toBeGreaterThanOrEqual(2);
    expect([code, signal]).toEqual([0, null]);
    await expect(fetch(child.state.endpoint)).rejects.toThrow();
    await expect(fetch(child.state.api)).rejects.toThrow();
  });
});

describe('what a dead platform has left', () => {
  it('does not hinder a reset, though its process id belongs to somebody else by now', async () => {
    const state = JSON.parse(readFileSync(stateFile(stateDir), 'utf8'));
    writeFileSync(stateFile(stateDir), JSON.stringify({ ...state, pid: process.pid }));

    expect(await runCli(stateDir, 'local', 'reset')).toMatchObject({ code: 0 });
  });
});
