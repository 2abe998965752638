import type * as z from 'zod';
import { Problem } from '../core/schemas/problem.ts';
import { ServiceError } from './errors.ts';

/** An answer with its body read: a connection that breaks in the middle of a body is a request without an answer. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** The answer by its schema. Fields that a newer service added are passed over; anything else unknown is an error. */
export const readAnswer = <Schema extends z.ZodType>(schema: Schema, { status, text }: RawAnswer): z.output<Schema> => {
  const value = status === 204 ? undefined : parseJson(text);
  for (let rounds = 0; ; rounds += 1) {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    const unknown = result.error.issues.filter((issue) => issue.code === 'unrecognized_keys');
    if (unknown.length === 0 || rounds === 10) throw unreadable(result.error);
    for (const { path, keys } of unknown) for (const key of keys) removeKey(value, [...path, key]);
  }
};

const removeKey = (value: unknown, path: readonly PropertyKey[]): void => {
  const holder = path.slice(0, -1).reduce(step, value);
  if (typeof holder === 'object' && holder !== null) Reflect.deleteProperty(holder, path.at(-1) ?? '');
};

const step = (value: unknown, key: PropertyKey): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;

const unreadable = (error: z.ZodError): ServiceError => {
  const [issue] = error.issues;
  return new ServiceError(
    `The service answered something that this client does not understand (${issue?.path.join('.')}: ${issue?.message}). Is it a Mediakeep deployment, and of this version?`,
    { code: 'internal', retryable: false, cause: error },
  );
};

/** The problem that an answer tells of. */
export const problemOf = (answer: RawAnswer): ServiceError => {
  const problem = Problem.safeParse(parseJson(answer.text)).data;
  const retryAfterMs = retryAfter(answer.headers.get('retry-after'));
  if (problem === undefined) return gatewayError(answer.status, retryAfterMs);
  return new ServiceError(problem.detail, {
    code: problem.code,
    status: problem.status,
    retryable: problem.retryable,
    fields: problem.fields ?? [],
    requestId: problem.requestId,
    retryAfterMs,
  });
};

/** `Retry-After` in seconds, as the service writes it. */
export const retryAfter = (header: string | null | undefined): number | undefined =>
  header != null && /^\d{1,6}$/.test(header) ? Number(header) * 1000 : undefined;

const gatewayErrors: Partial<Record<number, { readonly code: ServiceError['code']; readonly message: string }>> = {
  401: {
    code: 'unauthenticated',
    message: 'The token is missing, has ended or is not for this deployment. Sign in again.',
  },
  403: { code: 'forbidden', message: 'The token does not carry the scope `mediakeep/use`.' },
  404: { code: 'not-found', message: 'There is no such address. Is this the API of a Mediakeep deployment?' },
  413: { code: 'too-large', message: 'The request is larger than the gateway takes (10 MB).' },
  429: { code: 'rate-limited', message: 'The gateway admits no more requests right now.' },
};

/** The gateway in front of the service answers some errors itself, with a message only. */
const gatewayError = (status: number, retryAfterMs: number | undefined): ServiceError => {
  const { code, message } = gatewayErrors[status] ?? {
    code: status >= 500 ? 'unavailable' : 'bad-request',
    message: `The service answered ${status}.`,
  };
  return new ServiceError(message, { code, status, retryable: status === 429 || status >= 500, retryAfterMs });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
