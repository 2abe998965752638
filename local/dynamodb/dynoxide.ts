import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A running Dynoxide. */
export interface Dynoxide {
  readonly url: string;
  /** Ends the process and waits until it is gone. */
  stop(): Promise<void>;
}

export interface DynoxideOptions {
  readonly program: string;
  /** The SQLite file. */
  readonly dbPath: string;
  readonly log: (line: string) => void;
}

const host = '127.0.0.1';
/** Its one connection to SQLite takes one request at a time: another thread can read or write HTTP meanwhile, a third one waits. */
const threads = 2;
const startDeadlineMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 10_000;

/**
 * A shell stands between: it starts the program and a watcher that reads a pipe from this process. The pipe closes when this
 * process ends in whatever way, `kill -9` included, and the watcher then kills the program. Every commit is in its
 * write-ahead log, so killing loses nothing.
 */
const watched = `exec 3<&0
"$@" </dev/null 3<&- & child=$!
{ cat <&3 >/dev/null; kill -9 "$child"; } 2>/dev/null &
wait "$child"`;

/** Starts Dynoxide on a free port, waits until it answers, and starts it again whenever it dies. */
export const startDynoxide = async ({ program, dbPath, log }: DynoxideOptions): Promise<Dynoxide> => {
  const port = await freePort();
  const url = `http://${host}:${port}`;
  const run = () => launch([program, 'serve', '--host', host, '--port', String(port), '--db-path', dbPath]);
  let stopping = false;
  let child = run();
  await answered(url, child);
  const supervise = async () => {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      const words = await ended(child);
      if (stopping) return;
      log(`DynamoDB (${program}) ended by itself (${words}); it is started again in ${pauseMs} ms.`);
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      if (stopping) return;
      child = run();
      if (await isUp(url, child)) pauseMs = firstPauseMs / 2;
    }
  };
  const supervision = supervise();
  return {
    url,
    async stop() {
      stopping = true;
      child.stdin?.destroy();
      await supervision;
    },
  };
};

interface Launched extends ChildProcess {
  /** The last words on standard error and output, for the log. */
  lastWords?: string;
}

const launch = (command: readonly string[]): Launched => {
  // A group of its own: Ctrl-C in a terminal reaches the platform alone, which then stops this in order.
  const child: Launched = spawn('/bin/sh', ['-c', watched, 'dynoxide', ...command], {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, TOKIO_WORKER_THREADS: String(threads) },
  });
  const keep = (chunk: Buffer) => {
    child.lastWords = ((child.lastWords ?? '') + chunk.toString('utf8')).slice(-500);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  child.stdin?.on('error', () => child.stdin?.destroy());
  return child;
};

/** Resolves when the process is gone, with what it said last. */
const ended = async (child: Launched): Promise<string> => {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  }
  child.stdin?.destroy();
  return (child.lastWords ?? '').trim() || `exit code ${child.exitCode}`;
};

const answered = async (url: string, child: Launched): Promise<void> => {
  if (await isUp(url, child)) return;
  child.stdin?.destroy();
  throw new Error(`DynamoDB did not start: ${(child.lastWords ?? '').trim() || `exit code ${child.exitCode}`}`);
};

const isUp = async (url: string, child: Launched): Promise<boolean> => {
  const deadline = performance.now() + startDeadlineMs;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await fetch(url, { method: 'GET' });
      return true;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  return false;
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('The machine gave no free port.'));
        else resolve(address.port);
      });
    });
  });
