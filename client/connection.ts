import type * as z from 'zod';
import { Problem } from '../core/schemas/problem.ts';
import type { BackoffSource } from './backoff.ts';
import { systemBackoff, withRetries } from './backoff.ts';
import { noAnswer, ServiceError } from './errors.ts';
import type { Transport } from './transport.ts';
import { fetchTransport } from './transport.ts';

/** How to reach a deployment. */
export interface ConnectionOptions {
  /** The API's address, `https://….execute-api.ap-south-1.amazonaws.com`. */
  readonly api: string;
  /** Gives an access token; asked before every request, so that it can renew one that is about to end. */
  readonly token: () => string | Promise<string>;
  /** Which tenant to act in; needed by principals who belong to several. */
  readonly tenant?: string;
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch;
  /** How content travels to storage. @default by fetch; `mediakeep/client/node` has one that takes less time and memory */
  readonly transport?: Transport;
  /** @default real waits and dice */
  readonly backoff?: BackoffSource;
  /** @default crypto.randomUUID */
  readonly newId?: () => string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

/** A connection with every default filled in. */
export type Connection = Required<Omit<ConnectionOptions, 'tenant'>> & Pick<ConnectionOptions, 'tenant'>;

export const openConnection = (options: ConnectionOptions): Connection => ({
  fetch: (input, init) => fetch(input, init),
  transport: fetchTransport(options.fetch),
  backoff: systemBackoff,
  newId: () => crypto.randomUUID(),
  now: Date.now,
  ...options,
  api: options.api.replace(/\/+$/, ''),
});

export interface ApiRequest<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its parameters filled in: `/assets/01J…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the answer must look like. */
  readonly answer: Schema;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with the header that a conditional change needs. */
export interface Answer<T> {
  readonly value: T;
  readonly etag: string | undefined;
}

/**
 * Sends one request and reads its answer by the schema. A POST carries an idempotency key, so that every request can be
 * repeated: retried are network failures, 429 and what the problem calls retryable. Throws {@link ServiceError}.
 */
export const callApi = async <Schema extends z.ZodType>(
  connection: Connection,
  request: ApiRequest<Schema>,
): Promise<Answer<z.output<Schema>>> => {
  const idempotency: Record<string, string> =
    request.method === 'POST' ? { 'idempotency-key': connection.newId() } : {};
  const response = await withRetries(() => send(connection, request, idempotency), {
    ...connection.backoff,
    ...(request.signal && { signal: request.signal }),
    retryable: retryVerdict,
  });
  const value = request.answer.parse(response.status === 204 ? undefined : await response.json());
  return { value, etag: response.headers.get('etag') ?? undefined };
};

/** Retryable is what the error says of itself; the wait is the service's, where it told one. */
export const retryVerdict = (error: unknown): boolean | { afterMs: number } => {
  if (!(error instanceof ServiceError) || !error.retryable) return false;
  return error.retryAfterMs === undefined ? true : { afterMs: error.retryAfterMs };
};

const send = async (
  connection: Connection,
  request: ApiRequest<z.ZodType>,
  idempotency: Record<string, string>,
): Promise<Response> => {
  const headers = {
    authorization: `Bearer ${await connection.token()}`,
    accept: 'application/json',
    ...(connection.tenant !== undefined && { 'x-tenant': connection.tenant }),
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
    ...idempotency,
    ...request.headers,
  };
  const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const response = await reach(connection, addressOf(connection.api, request), {
    method: request.method,
    headers,
    ...body,
    ...(request.signal && { signal: request.signal }),
  });
  if (!response.ok) throw await problemOf(response);
  return response;
};

const addressOf = (api: string, { path, query = {} }: Pick<ApiRequest<z.ZodType>, 'path' | 'query'>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? api + path : `${api}${path}?${text}`;
};

const reach = async ({ fetch }: Connection, url: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(url, init);
  } catch (error) {
    init.signal?.throwIfAborted();
    throw noAnswer(url, error);
  }
};

const problemOf = async (response: Response): Promise<ServiceError> => {
  const text = await response.text();
  const problem = Problem.safeParse(parseJson(text)).data;
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  const retryAfterMs = Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined;
  if (problem === undefined) return gatewayError(response.status, retryAfterMs);
  return new ServiceError(problem.detail, {
    code: problem.code,
    status: problem.status,
    retryable: problem.retryable,
    fields: problem.fields ?? [],
    requestId: problem.requestId,
    retryAfterMs,
  });
};

/** The gateway in front of the service answers some errors itself, with a message only. */
const gatewayError = (status: number, retryAfterMs: number | undefined): ServiceError => {
  const known = {
    401: {
      code: 'unauthenticated',
      message: 'The token is missing, has ended or is not for this deployment. Sign in again.',
    },
    403: { code: 'forbidden', message: 'The token does not carry the scope `mediakeep/use`.' },
    404: { code: 'not-found', message: 'There is no such address. Is this the API of a Mediakeep deployment?' },
    413: { code: 'too-large', message: 'The request is larger than the gateway takes (10 MB).' },
    429: { code: 'rate-limited', message: 'The gateway admits no more requests right now.' },
  } as const;
  const found = status in known ? known[status as keyof typeof known] : undefined;
  return new ServiceError(found?.message ?? `The service answered ${status}.`, {
    code: found?.code ?? (status >= 500 ? 'unavailable' : 'bad-request'),
    status,
    retryable: status === 429 || status >= 500,
    retryAfterMs,
  });
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
