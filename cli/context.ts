import { defaultStateDir } from '../local/state-file.ts';
import type { Output } from './output.ts';
import { createOutput } from './output.ts';
import type { Session } from './session/session.ts';
import { openSession } from './session/session.ts';

/** Options that every command understands. */
export interface GlobalOptions {
  readonly json?: boolean;
  readonly profile?: string;
  readonly tenant?: string;
  readonly stateDir?: string;
}

/** What a command runs with: nothing in a command reads the process itself. */
export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly output: Output;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
  readonly globals: GlobalOptions;
  /** The folder of the platform on this machine. */
  readonly stateDir: string;
  openSession(): Session;
  /** Says how the command ends where it is neither success nor an error. */
  setExitCode(code: number): void;
}

export interface Process {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  setExitCode(code: number): void;
}

export const createContext = ({ env, signal, setExitCode }: Process, globals: GlobalOptions): CommandContext => {
  const stateDir = globals.stateDir ?? env['MEDIAKEEP_STATE_DIR'] ?? defaultStateDir;
  const { profile, tenant } = globals;
  return {
    env,
    signal,
    globals,
    stateDir,
    setExitCode,
    output: createOutput(globals.json ?? false),
    openSession: () => openSession({ profile, tenant, stateDir }, env),
  };
};
