import { CommanderError } from 'commander';
import { ContentChangedError, ServiceError, UploadRejectedError } from '../client/index.ts';
import type { ExitCode } from './exit-codes.ts';
import { CliError, exitCodes } from './exit-codes.ts';
import { printable } from './output.ts';

/** A failure as people and programs are told of it. */
export interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly fields?: readonly { pointer: string; message: string }[];
  readonly requestId?: string;
}

const exitCodesOfService: Partial<Record<ServiceError['code'], ExitCode>> = {
  unauthenticated: exitCodes.signIn,
  forbidden: exitCodes.forbidden,
  'consent-missing': exitCodes.forbidden,
  'not-found': exitCodes.notFound,
  gone: exitCodes.notFound,
  network: exitCodes.unavailable,
  unavailable: exitCodes.unavailable,
  'rate-limited': exitCodes.unavailable,
  internal: exitCodes.failed,
};

const codesOfCli: Partial<Record<ExitCode, string>> = {
  [exitCodes.usage]: 'usage',
  [exitCodes.signIn]: 'sign-in',
  [exitCodes.notFound]: 'not-found',
  [exitCodes.refused]: 'refused',
  [exitCodes.unavailable]: 'unavailable',
};

/** What failed, in words, with the exit code that docs/cli.md gives it. */
export const describeFailure = (error: unknown): Failure => {
  if (error instanceof CliError) {
    return { exitCode: error.exitCode, code: codesOfCli[error.exitCode] ?? 'failed', message: error.message };
  }
  if (error instanceof ServiceError) return describeServiceError(error);
  if (error instanceof UploadRejectedError) {
    return { exitCode: exitCodes.refused, code: error.reason, message: error.message };
  }
  if (error instanceof ContentChangedError) {
    return { exitCode: exitCodes.refused, code: 'content-changed', message: error.message };
  }
  if (isInterruption(error)) return { exitCode: exitCodes.interrupted, code: 'interrupted', message: 'Interrupted.' };
  const message = error instanceof Error ? error.message : String(error);
  return { exitCode: exitCodes.failed, code: 'failed', message };
};

const describeServiceError = ({ code, status, message, fields, requestId }: ServiceError): Failure => {
  const ofStorage = status !== undefined && status < 500 ? exitCodes.failed : exitCodes.unavailable;
  const exitCode = code === 'storage' ? ofStorage : (exitCodesOfService[code] ?? exitCodes.refused);
  return { exitCode, code, message, ...(fields.length > 0 && { fields }), ...(requestId && { requestId }) };
};

/** True for what Ctrl-C makes of whatever was under way. */
export const isInterruption = (error: unknown): boolean =>
  error instanceof Error && (error.name === 'AbortError' || error.name === 'Interruption');

/** Writes the failure to standard error, as JSON where the command line asks for JSON, and answers the exit code. */
export const reportFailure = (
  error: unknown,
  { argv, stderr }: { readonly argv: readonly string[]; readonly stderr: NodeJS.WriteStream },
): number => {
  // Commander has written its usage errors and its help already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  const failure = describeFailure(error);
  if (argv.includes('--json')) stderr.write(`${JSON.stringify({ error: failure })}\n`);
  else for (const line of failureLines(failure)) stderr.write(`${line}\n`);
  return failure.exitCode;
};

/** `message`, then a line for each wrong field and one for the request id; safe to print. */
export const failureLines = ({ message, fields = [], requestId }: Failure): string[] =>
  [
    ...message.split('\n'),
    ...fields.map((field) => `  ${field.pointer}: ${field.message}`),
    ...(requestId ? [`  request ${requestId}`] : []),
  ].map(printable);
