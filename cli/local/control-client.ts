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

/** Asks a running platform to do something. */
export const control = async (
  { endpoint, admin }: LocalState,
  method: 'GET' | 'POST',
  action: string,
  body?: string,
): Promise<unknown> => {
  const response = await fetch(`${endpoint}/_platform/${action}`, {
    method,
    headers: { authorization: `Bearer ${admin.secretAccessKey}` },
    ...(body !== undefined && { body }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const message = typeof answer === 'object' && answer !== null && 'message' in answer ? String(answer.message) : '';
  throw new CliError(exitCodes.refused, message);
};
