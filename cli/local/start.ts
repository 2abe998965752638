import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Platform } from '../../local/platform.ts';
import { startPlatform } from '../../local/platform.ts';
import { portsFrom } from '../../local/platform-options.ts';
import type { LocalState } from '../../local/state-file.ts';
import { writeLocalState } from '../../local/state-file.ts';
import { synthesize } from '../../local/synthesize.ts';
import { CliError, exitCodes } from '../exit-codes.ts';
import { admitSampleUsers, issueTokens } from './admit-users.ts';
import { runningPlatform } from './control-client.ts';
import { describePlatform } from './describe-platform.ts';

export interface StartOptions {
  readonly stateDir: string;
  readonly port: number;
  /** Keep nothing beyond the life of the process. */
  readonly memory: boolean;
  readonly context: Readonly<Record<string, string>>;
  readonly env: NodeJS.ProcessEnv;
  readonly log: (line: string) => void;
}

/** A platform with its sample users, as `mediakeep local start` runs it. */
export interface LocalPlatform extends AsyncDisposable {
  readonly platform: Platform;
  readonly state: LocalState;
}

const projectDir = fileURLToPath(new URL('../../', import.meta.url));

/** Synthesizes the app into the state folder; throws an Error with what the synthesis said. */
export const synthesizeInto = async (stateDir: string, context: StartOptions['context']): Promise<string> => {
  const outDir = resolve(stateDir, 'cdk.out');
  await synthesize({ projectDir, outDir, context });
  return outDir;
};

/** Runs the synthesized app and writes how to reach it. */
export const startLocal = async (assemblyDir: string, options: StartOptions): Promise<LocalPlatform> => {
  await requireNotRunning(options.stateDir);
  // Functions run in UTC, and a thread has the time zone of its process.
  process.env['TZ'] = 'UTC';
  const platform = await startPlatform({
    assemblyDir,
    dataDir: options.memory ? undefined : join(resolve(options.stateDir), 'data'),
    ports: portsFrom(options.port),
    homeRegion: 'us-east-1',
    environment: options.env,
    log: options.log,
  });
  const place = describePlatform(platform, Date.now());
  await admitSampleUsers(platform, place);
  const refresh = async (): Promise<LocalState> => {
    const state = { ...place, users: await issueTokens(platform, place) };
    writeLocalState(options.stateDir, state);
    return state;
  };
  platform.onClockMoved(async () => void (await refresh()));
  return { platform, state: await refresh(), [Symbol.asyncDispose]: () => platform[Symbol.asyncDispose]() };
};

/**
 * Refuses a folder in which a platform runs; a state file that this version cannot read is no hindrance, because starting
 * writes it anew.
 */
export const requireNotRunning = async (stateDir: string): Promise<void> => {
  const state = await runningPlatform(stateDir);
  if (state === undefined || state.pid === process.pid) return;
  throw new CliError(
    exitCodes.refused,
    `A platform runs already in ${stateDir} (process ${state.pid}, ${state.endpoint}). Stop it with Ctrl-C, or start another beside it with --state-dir and --port.`,
  );
};
