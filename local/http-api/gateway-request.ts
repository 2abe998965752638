import type { IncomingMessage } from 'node:http';
import { GatewayError } from './gateway-error.ts';
import type { TokenCarrier } from './jwt-authorizer.ts';

/** A request as API Gateway sees it, without its body. */
export interface GatewayRequest {
  readonly id: string;
  readonly http: IncomingMessage;
  readonly method: string;
  /** The path, decoded: an encoded slash is a slash, and what follows an encoded question mark is lost, as on AWS. */
  readonly path: string;
  /** What stands after `?`, exactly as received. */
  readonly rawQuery: string;
  readonly query: ReadonlyMap<string, string>;
  /** Lower-case names, several values of one name with commas between, no cookies. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly sourceIp: string;
  readonly receivedAtMs: number;
}

/** The request line and all header values together. */
export const maxHeaderBytes = 10_240;
export const maxBodyBytes = 10 * 1024 * 1024;

export const readRequest = (http: IncomingMessage, id: string, receivedAtMs: number): GatewayRequest => {
  const target = http.url ?? '/';
  const method = http.method ?? 'GET';
  refuseLargeHeaders(http, method, target);
  const question = target.indexOf('?');
  const rawQuery = question < 0 ? '' : target.slice(question + 1);
  const { headers, cookies } = readHeaders(http.rawHeaders);
  return {
    id,
    http,
    method,
    path: decodePath(question < 0 ? target : target.slice(0, question)),
    rawQuery,
    query: readQuery(rawQuery),
    headers,
    cookies,
    sourceIp: (http.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, ''),
    receivedAtMs,
  };
};

/** Reads the body up to the limit of the API. */
export const readGatewayBody = async (http: IncomingMessage): Promise<Buffer> => {
  const tooLarge = () => new GatewayError(413, 'Request Entity Too Large', { headers: { connection: 'close' } });
  if (Number(http.headers['content-length'] ?? 0) > maxBodyBytes) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readable(http)) {
    length += chunk.length;
    if (length > maxBodyBytes) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
};

/** The body's pieces; a client that goes away in the middle is its own fault and no failure of the API. */
async function* readable(http: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of http) yield Buffer.from(chunk);
  } catch (error) {
    if (!http.destroyed) throw error;
    throw new GatewayError(400, 'Bad Request', { reason: 'the client went away before the end of its body' });
  }
}

/** Where an authorizer finds its token. */
export const tokenCarrier = ({ headers, query }: GatewayRequest): TokenCarrier => ({
  header: (name) => headers[name.toLowerCase()],
  query: (name) => query.get(name),
});

const refuseLargeHeaders = (http: IncomingMessage, method: string, target: string): void => {
  const values = http.rawHeaders.filter((_, index) => index % 2 === 1);
  const bytes = Buffer.byteLength(`${method} ${target} HTTP/1.1`) + Buffer.byteLength(values.join(''), 'latin1');
  if (bytes > maxHeaderBytes) {
    throw new GatewayError(431, 'Request Header Fields Too Large', { headers: { connection: 'close' } });
  }
};

const readHeaders = (raw: readonly string[]): { headers: Record<string, string>; cookies: string[] } => {
  const headers: Record<string, string> = {};
  const cookies: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'cookie') cookies.push(...value.split(';').map((cookie) => cookie.trim()));
    else if (name !== 'connection') headers[name] = headers[name] === undefined ? value : `${headers[name]},${value}`;
  }
  return { headers, cookies };
};

const decodePath = (path: string): string => {
  try {
    return decodeURIComponent(path).split('?')[0] ?? '/';
  } catch {
    throw new GatewayError(400, 'Bad Request', { reason: 'the path is not percent-encoded UTF-8' });
  }
};

const readQuery = (rawQuery: string): Map<string, string> => {
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const before = query.get(name);
    query.set(name, before === undefined ? value : `${before},${value}`);
  }
  return query;
};
