import { createHash, createHmac } from 'node:crypto';
import http from 'node:http';
import type { S3Server } from './s3-server.ts';
import { accessKeyId, region, secretAccessKey } from './s3-server.ts';

/** A request that is signed here, without the SDK, so that anything in it can be wrong. */
export interface TestRequest {
  readonly method?: string;
  /** Path and query, encoded. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly payloadHash?: string;
  readonly time?: number;
  readonly region?: string;
  readonly secret?: string;
  /** False for an anonymous request. */
  readonly signed?: boolean;
  /** Changes the headers after they have been signed. */
  readonly tamper?: (headers: Record<string, string>) => void;
}

export interface TestAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
  /** The code of an error answer. */
  readonly code: string | undefined;
}

const sha256 = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** The form of times in signatures: `20260131T120000Z`. */
export const amzDate = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** The key that signs for a day, derived as the documentation of Signature Version 4 says. */
export const derivedKey = (day: string, { in: where = region, secret = secretAccessKey } = {}): Buffer =>
  hmac(hmac(hmac(hmac(`AWS4${secret}`, day), where), 's3'), 'aws4_request');

/** Signs headers for a request. */
export const signHeaders = (host: string, request: TestRequest): Record<string, string> => {
  const date = amzDate(request.time ?? Date.now());
  const payload = request.payloadHash ?? sha256(request.body ?? '');
  const own = Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
  const headers: Record<string, string> = {
    host,
    'x-amz-date': date,
    'x-amz-content-sha256': payload,
    ...Object.fromEntries(own),
  };
  const names = Object.keys(headers).sort();
  const [path = '', query = ''] = request.path.split('?');
  const pairs = query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => (pair.includes('=') ? pair : `${pair}=`));
  const byName = (a: string, b: string): number => ((a.split('=')[0] ?? '') < (b.split('=')[0] ?? '') ? -1 : 1);
  const sorted = pairs.sort(byName).join('&');
  const canonical = [
    request.method ?? 'GET',
    path,
    sorted,
    ...names.map((name) => `${name}:${headers[name]}`),
    '',
    names.join(';'),
    payload,
  ].join('\n');
  const scope = `${date.slice(0, 8)}/${request.region ?? region}/s3/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', date, scope, sha256(Buffer.from(canonical, 'latin1'))].join('\n');
  const key = derivedKey(date.slice(0, 8), { in: request.region ?? region, secret: request.secret ?? secretAccessKey });
  const signature = hmac(key, text).toString('hex');
  headers['authorization'] =
    `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  return headers;
};

/** Sends a request exactly as it is described and reads the whole answer. */
export const send = (target: Pick<S3Server, 'host'>, request: TestRequest): Promise<TestAnswer> => {
  const headers =
    request.signed === false ? { host: target.host, ...request.headers } : signHeaders(target.host, request);
  request.tamper?.(headers);
  const [hostname, port] = target.host.split(':');
  return new Promise((resolve, reject) => {
    const outgoing = http.request(
      { hostname, port, method: request.method ?? 'GET', path: request.path, agent: false },
      (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => {
          const body = Buffer.concat(pieces);
          const text = body.toString('utf8');
          const code = /<Code>([^<]*)<\/Code>/.exec(text)?.[1];
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body, text, code });
        });
      },
    );
    outgoing.on('error', reject);
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    if (request.body !== undefined) outgoing.setHeader('content-length', Buffer.byteLength(request.body));
    outgoing.end(request.body);
  });
};
