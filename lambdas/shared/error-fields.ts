import { MediakeepError } from '../../core/error.ts';

/** What a log may say of an error; messages of other people's errors can name keys and so people, and are left out. */
export interface ErrorFields {
  readonly error: string;
  readonly code?: string;
  /** The message; the logger keeps that name for the entry's own. */
  readonly reason?: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly at?: readonly string[];
  readonly cause?: ErrorFields;
}

const maxFrames = 5;
const maxCauses = 3;

/** An error whose message was written here and holds no personal data. Its name is written out: bundling renames classes. */
export class ReportableError extends Error {
  override readonly name: string = 'ReportableError';
}

/** Name, code, HTTP status, request id and stack frames of an error, and the message only where it is our own. */
export const errorFields = (error: unknown, depth = 0): ErrorFields => {
  if (!(error instanceof Error)) return { error: typeof error };
  const own = error instanceof MediakeepError || error instanceof ReportableError;
  const { httpStatusCode, requestId } = metadataOf(error);
  const at = framesOf(error);
  return {
    error: error.name,
    ...(error instanceof MediakeepError ? { code: error.code } : {}),
    ...(own ? { reason: error.message } : {}),
    ...(httpStatusCode === undefined ? {} : { status: httpStatusCode }),
    ...(requestId === undefined ? {} : { requestId }),
    ...(at.length === 0 ? {} : { at }),
    ...(error.cause === undefined || depth >= maxCauses ? {} : { cause: errorFields(error.cause, depth + 1) }),
  };
};

/** What the AWS SDK attaches to its errors. */
const metadataOf = (error: Error): { httpStatusCode?: number; requestId?: string } => {
  const metadata: unknown = '$metadata' in error ? error.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return {};
  const { httpStatusCode, requestId } = metadata as { httpStatusCode?: unknown; requestId?: unknown };
  return {
    ...(typeof httpStatusCode === 'number' ? { httpStatusCode } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  };
};

/** Frames alone: the first lines of a stack repeat the message. */
const framesOf = (error: Error): string[] =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, maxFrames)
    .map((line) => line.trim().slice(0, 200));
