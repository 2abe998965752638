import { S3Client } from '@aws-sdk/client-s3';
import { type PlatformProcess, startProcess } from '../../bench/child-process.ts';
import { family } from '../../bench/processes.ts';
import type { ReachablePlatform } from './running-platform.ts';

export { runCli } from '../../bench/child-process.ts';
export { isAlive } from '../../bench/processes.ts';

/** A platform in a process of its own, as people start it. */
export interface ChildPlatform extends Omit<ReachablePlatform, 'state'>, PlatformProcess, Disposable {
  /** The process and all that it has started. */
  family(): number[];
}

/** Starts a platform and waits until it says where it is. */
export const startChild = async (stateDir: string, port = 0): Promise<ChildPlatform> => {
  const running = await startProcess(stateDir, '--port', String(port));
  const { state, pid } = running;
  const { regions, endpoint, admin } = state;
  const s3 = new S3Client({ region: regions[0] ?? '', endpoint, forcePathStyle: true, credentials: admin });
  return {
    ...running,
    s3,
    tokenOf: async (name) => state.users.find((user) => user.name === name)?.token ?? '',
    family: () => family(pid),
    [Symbol.dispose]() {
      s3.destroy();
      // Whoever disposes does not wait for the end.
      void running.end('SIGKILL');
    },
  };
};
