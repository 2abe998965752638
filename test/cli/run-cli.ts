import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll } from 'vitest';
import { reportFailure } from '../../cli/failure.ts';
import { runProgram } from '../../cli/program.ts';

/** What a command left behind. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is gone when the tests are over. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'mediakeep-cli-'));
  folders.push(folder);
  return folder;
};

/** An environment of its own, signed in at an address. */
export const environment = (api?: string): NodeJS.ProcessEnv => ({
  HOME: newFolder(),
  MEDIAKEEP_STATE_DIR: newFolder(),
  ...(api !== undefined && { MEDIAKEEP_API: api, MEDIAKEEP_TOKEN: 'secret-token' }),
});

/** Runs a command line in this process. */
export const runCli = async (
  argv: readonly string[],
  { env = environment(), signal }: RunOptions = {},
): Promise<CliResult> => {
  const [stdout, stderr] = [new Sink(), new Sink()];
  let code = 0;
  const streams = { stdout: stdout.asStdout(), stderr: stderr.asStdout() };
  const setExitCode = (given: number): void => {
    code = given;
  };
  try {
    await runProgram(argv, { ...streams, env, signal: signal ?? new AbortController().signal, setExitCode });
  } catch (error) {
    code = reportFailure(error, { argv: [...argv], stderr: streams.stderr });
  }
  return { code, stdout: stdout.text(), stderr: stderr.text(), bytes: stdout.bytes() };
};

class Sink extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return this.bytes().toString();
  }

  /** Commands write to it and ask whether it is a terminal; it is none. */
  asStdout(): NodeJS.WriteStream {
    return Object.assign(this, { isTTY: false }) as unknown as NodeJS.WriteStream;
  }
}
