import { defaultStateDir } from '../local/state-file.ts';
import type { Output, Streams } from './output.ts';
import { createOutput } from './output.ts';
import type { Session } from './session/session.ts';
import { openSession } from './session/session.ts';

/** Options that every command understands. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly profile?: string;
  /** Whose session reads from the second region. */
  readonly standby?: string;
  readonly tenant?: string;
  readonly stateDir?: string;
}

/** What a command runs with: nothing in a command reads the process itself. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  /** Standard output for content, which is bytes and no text. */
  readonly stdout: Streams['stdout'];
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly globals: GlobalOptions;
  /** The folder of the platform on this machine. */
  readonly stateDir: string;
  openSession(options?: { readonly parallel?: number }): Session;
  /** Says how the command ends where it is neither success nor an error. */
  setExitCode(code: number): void;
}

export interface Process extends Streams {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  setExitCode(code: number): void;
}

export const createContext = (process: Process, globals: GlobalOptions): CommandContext => {
  const { env, signal, stdout, setExitCode } = process;
  const stateDir = globals.stateDir ?? (env['MEDIAKEEP_STATE_DIR'] || defaultStateDir);
  const { profile, standby, tenant } = globals;
  return {
    env,
    signal,
    stdout,
    globals,
    stateDir,
    setExitCode,
    output: createOutput(globals.json ?? false, process),
    openSession: (options) => openSession({ profile, standby, tenant, stateDir, signal, ...options }, env),
  };
};
