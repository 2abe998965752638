import { errorTable, type MediakeepError } from '../../core/error.ts';
import type { Problem } from '../../core/schemas/problem.ts';

/** What a use case answers. */
export interface Reply {
  readonly status: number;
  /** Sent as JSON; nothing where undefined. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const everyHeader = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

/** The reply as a response. */
export const toResponse = ({ status, body, headers = {} }: Reply, requestId: string): Response => {
  const all = { ...everyHeader, 'x-request-id': requestId, ...headers };
  if (body === undefined) return new Response(null, { status, headers: all });
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...all } });
};

/** An error as RFC 9457 has it; what it says was written for the caller. */
export const problemResponse = (
  error: MediakeepError,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response => {
  const { code, status, retryable, message, fields, retryAfterSeconds } = error;
  const problem: Problem = {
    type: `urn:mediakeep:error:${code}`,
    title: errorTable[code].title,
    status,
    detail: message,
    code,
    retryable,
    requestId,
    ...(fields.length === 0 ? {} : { fields: [...fields] }),
  };
  const retryAfter: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  return toResponse(
    { status, body: problem, headers: { 'content-type': 'application/problem+json', ...retryAfter, ...headers } },
    requestId,
  );
};
