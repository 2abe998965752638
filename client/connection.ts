import type * as z from 'zod';
import type { RawAnswer } from './answer.ts';
import { problemOf, readAnswer } from './answer.ts';
import type { BackoffSource, Verdict } from './backoff.ts';
import { systemBackoff, withRetries } from './backoff.ts';
import { noAnswer, ServiceError } from './errors.ts';
import { Places } from './parallel.ts';
import type { Transport } from './transport.ts';
import { fetchTransport } from './transport.ts';

/** A request to the API, about to be sent. */
export interface RequestToSign {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers the headers to send: those of the request, and what proves who sends it. */
export type SignRequest = (request: RequestToSign) => Promise<Record<string, string>>;

/** How to reach a deployment. */
export interface ConnectionOptions {
  /** The API's address, `https://….execute-api.ap-south-1.amazonaws.com`. */
  readonly api: string;
  /** Gives an access token; asked before every request, so that it can renew one that is about to end. */
  readonly token?: () => string | Promise<string>;
  /** Signs each request instead: the second region knows no tokens. `mediakeep/client/node` has `signRequests`. */
  readonly sign?: SignRequest;
  /** Which tenant to act in; needed by principals who belong to several. */
  readonly tenant?: string;
  /** Transfers to storage at once, over all uploads of this client: what bounds its memory. @default 4 */
  readonly parallel?: number;
  /** Ends everything that this client does. */
  readonly signal?: AbortSignal;
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
export interface Connection extends Required<Omit<ConnectionOptions, 'token' | 'tenant' | 'signal' | 'parallel'>> {
  readonly tenant: string | undefined;
  readonly signal: AbortSignal | undefined;
  /** Whoever holds a part of the content in memory holds a place. */
  readonly places: Places;
}

export const openConnection = ({ token, ...options }: ConnectionOptions): Connection => ({
  fetch: (input, init) => fetch(input, init),
  transport: fetchTransport(options.fetch),
  backoff: systemBackoff,
  newId: () => crypto.randomUUID(),
  now: Date.now,
  sign: bearer(token),
  tenant: undefined,
  signal: undefined,
  ...options,
  api: options.api.replace(/\/+$/, ''),
  places: new Places(options.parallel ?? 4),
});

const bearer = (token: ConnectionOptions['token']): SignRequest => {
  if (token === undefined) return () => Promise.reject(new TypeError('Give `token` or `sign`.'));
  return async ({ headers }) => ({ authorization: `Bearer ${await token()}`, ...headers });
};

/** A signal that ends with either of the two. */
export const eitherSignal = (first?: AbortSignal, second?: AbortSignal): AbortSignal | undefined =>
  first && second ? AbortSignal.any([first, second]) : (first ?? second);

export interface ApiRequest<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its parameters filled in: `/assets/01J…`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** By which a repeated POST is known; false for one that leaves nothing behind. @default a new one for each call */
  readonly idempotencyKey?: string | false;
  /** What the answer must look like. */
  readonly answer: Schema;
  readonly signal?: AbortSignal | undefined;
  /** How often to try in all. @default 6 */
  readonly attempts?: number;
}

/** An answer with the header that a conditional change needs. */
export interface Answer<T> {
  readonly value: T;
  readonly etag: string | undefined;
}

/**
 * Sends one request and reads its answer by the schema. A POST that changes something carries an idempotency key, so that every
 * request can be repeated: retried are requests without an answer, and what the problem calls retryable. Throws {@link ServiceError}.
 */
export const callApi = async <Schema extends z.ZodType>(
  connection: Connection,
  request: ApiRequest<Schema>,
): Promise<Answer<z.output<Schema>>> => {
  const signal = eitherSignal(connection.signal, request.signal);
  const key = request.method === 'POST' && (request.idempotencyKey ?? connection.newId());
  const headers = { ...(key !== false && { 'idempotency-key': key }), ...request.headers };
  const answer = await withRetries(() => send(connection, { ...request, headers, signal }), {
    ...connection.backoff,
    attempts: request.attempts,
    signal,
    retryable: retryVerdict,
  });
  return { value: readAnswer(request.answer, answer), etag: answer.headers.get('etag') ?? undefined };
};

/** Retryable is what the error says of itself; the wait is the service's, where it told one. */
export const retryVerdict = (error: unknown): Verdict => {
  if (!(error instanceof ServiceError) || !error.retryable) return false;
  return error.retryAfterMs === undefined ? true : { afterMs: error.retryAfterMs };
};

const send = async (connection: Connection, request: ApiRequest<z.ZodType>): Promise<RawAnswer> => {
  const headers = {
    accept: 'application/json',
    ...(connection.tenant !== undefined && { 'x-tenant': connection.tenant }),
    ...(request.body !== undefined && { 'content-type': 'application/json' }),
    ...request.headers,
  };
  const body = request.body === undefined ? {} : { body: JSON.stringify(request.body) };
  const url = addressOf(connection.api, request);
  const answer = await reach(connection, url, {
    method: request.method,
    headers: await connection.sign({ method: request.method, url, headers, ...body }),
    ...body,
    signal: request.signal ?? null,
  });
  if (answer.status < 200 || answer.status > 299) throw problemOf(answer);
  return answer;
};

const addressOf = (api: string, { path, query = {} }: Pick<ApiRequest<z.ZodType>, 'path' | 'query'>): string => {
  const given = Object.entries(query).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
    .toString()
    // A signature reads a plus as a plus.
    .replaceAll('+', '%20');
  return text === '' ? api + path : `${api}${path}?${text}`;
};

const reach = async ({ fetch }: Connection, url: string, init: RequestInit): Promise<RawAnswer> => {
  try {
    const response = await fetch(url, init);
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    init.signal?.throwIfAborted();
    throw noAnswer(url, error);
  }
};
