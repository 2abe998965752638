import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Mediakeep } from '../client/index.ts';
import { httpTransport } from '../client/node/index.ts';
import { type PlatformProcess, startProcess } from './child-process.ts';

/** A platform to measure, with a folder of its own. */
export interface ChildPlatform extends Pick<PlatformProcess, 'state' | 'pid' | 'status'>, AsyncDisposable {
  readonly stateDir: string;
  readonly readyMs: number;
  /** A client as the first sample user. */
  client(sockets: number): Mediakeep;
}

/** No caller is slowed down by the quotas of the default deployment. */
const quotas = JSON.stringify({ requestsPerMinute: 100_000 });

export const startChild = async (options: { samples?: boolean } = {}): Promise<ChildPlatform> => {
  const stateDir = mkdtempSync(join(tmpdir(), 'mediakeep-bench-'));
  const startedAt = performance.now();
  const settings = ['--port', '0', '-c', `quotas=${quotas}`, ...(options.samples ? ['--samples'] : [])];
  const { state, pid, status, end } = await startProcess(stateDir, ...settings);
  const readyMs = performance.now() - startedAt;
  return {
    state,
    pid,
    status,
    stateDir,
    readyMs,
    client: (sockets) =>
      new Mediakeep({ api: state.api, token: () => state.users[0]?.token ?? '', transport: httpTransport(sockets) }),
    async [Symbol.asyncDispose]() {
      await end('SIGINT');
      rmSync(stateDir, { recursive: true });
    },
  };
};
