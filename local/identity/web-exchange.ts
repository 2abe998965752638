import type { IncomingMessage, ServerResponse } from 'node:http';

/** What an endpoint answers. */
export interface WebAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string;
}

/** A request to the issuer. */
export interface WebRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  /** The issuer's own origin as the client named it. */
  readonly origin: string;
  /** The fields of a form; undefined for a body that is not one. */
  readonly form: URLSearchParams | undefined;
}

const maxFormBytes = 64 * 1024;

/** Reads a request with its form; undefined for a body that is too large. */
export const readWebRequest = async (http: IncomingMessage): Promise<WebRequest | undefined> => {
  const origin = `http://${http.headers.host ?? 'localhost'}`;
  const url = URL.parse(http.url ?? '/', origin);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of http) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > maxFormBytes) return undefined;
    chunks.push(bytes);
  }
  const type = (http.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  const isForm = type === 'application/x-www-form-urlencoded';
  return {
    method: http.method ?? 'GET',
    path: url?.pathname ?? '/',
    query: url?.searchParams ?? new URLSearchParams(),
    headers: http.headers,
    origin,
    form: isForm ? new URLSearchParams(Buffer.concat(chunks).toString('utf8')) : undefined,
  };
};

export const writeWebAnswer = (response: ServerResponse, { status, headers = {}, body = '' }: WebAnswer): void => {
  if (response.destroyed) return;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.writeHead(status, { 'content-length': Buffer.byteLength(body) });
  response.end(body);
};

/** Secrets and codes pass through these answers: no cache keeps them, no page of others shows them. */
const privateHeaders = { 'cache-control': 'no-store', pragma: 'no-cache' };

/** JSON for any web page to read: token endpoints and key sets are made for browsers of other origins. */
export const json = (status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): WebAnswer => ({
  status,
  headers: {
    'content-type': 'application/json;charset=UTF-8',
    'access-control-allow-origin': '*',
    ...privateHeaders,
    ...headers,
  },
  body: JSON.stringify(value),
});

export const redirect = (
  location: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): WebAnswer => ({
  status: 302,
  headers: { location, ...privateHeaders, 'referrer-policy': 'no-referrer', ...headers },
});

/** A page without scripts that no other page may frame. */
export const html = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): WebAnswer => ({
  status,
  headers: {
    'content-type': 'text/html;charset=UTF-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    ...privateHeaders,
    ...headers,
  },
  body,
});

/** A cookie's value; undefined where it is not sent. */
export const cookie = (request: WebRequest, name: string): string | undefined =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim().split('='))
    .find(([key]) => key === name)?.[1];

/** A parameter that must not stand there twice; undefined where it is absent, empty or repeated. */
export const single = (parameters: URLSearchParams, name: string): string | undefined => {
  const values = parameters.getAll(name);
  return values.length === 1 && values[0] !== '' ? values[0] : undefined;
};
