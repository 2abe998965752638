import type { LocalState } from '../../local/state-file.ts';
import { isRunning, readLocalState } from '../../local/state-file.ts';
import { CliError, exitCodes } from '../exit-codes.ts';

/** The platform that runs in this folder; throws a {@link CliError} where none does. */
export const requireRunning = (stateDir: string): LocalState => {
  const state = readLocalState(stateDir);
  if (state !== undefined && isRunning(state)) return state;
  throw new CliError(
    exitCodes.unavailable,
    `No platform runs in ${stateDir}. Start one with \`npm start\` or \`mediakeep local start\`.`,
  );
};

/**
 * The platform that answers for this folder. A process of the same id is not enough: after a crash or a restart of the
 * machine the id may belong to anybody.
 */
export const runningPlatform = async (stateDir: string): Promise<LocalState | undefined> => {
  const state = readable(stateDir);
  if (state === undefined || !isRunning(state)) return undefined;
  try {
    await control(state, 'GET', 'status', undefined, AbortSignal.timeout(patienceMs));
    return state;
  } catch (error) {
    // One that is busy beyond all patience is alive.
    return error instanceof DOMException && error.name === 'TimeoutError' ? state : undefined;
  }
};

const patienceMs = 10_000;

const readable = (stateDir: string): LocalState | undefined => {
  try {
    return readLocalState(stateDir);
  } catch {
    // A file that another version wrote names no platform that this one could ask.
    return undefined;
  }
};

/** Asks a running platform to do something. */
export const control = async (
  { endpoint, admin }: LocalState,
  method: 'GET' | 'POST',
  action: string,
  body?: string,
  signal?: AbortSignal,
): Promise<unknown> => {
  const response = await fetch(`${endpoint}/_platform/${action}`, {
    method,
    headers: { authorization: `Bearer ${admin.secretAccessKey}` },
    ...(body !== undefined && { body }),
    ...(signal && { signal }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : '';
  throw new CliError(exitCodes.refused, message);
};
