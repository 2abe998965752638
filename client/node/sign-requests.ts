import { createHash, createHmac } from 'node:crypto';
import type { RequestToSign, SignRequest } from '../connection.ts';

/** AWS credentials, those of a role's session with their token. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SigningOptions {
  /** Asked before each request, so that it can renew what is about to end. */
  readonly credentials: () => SigningCredentials | Promise<SigningCredentials>;
  readonly region: string;
  /** What the signature is good for. @default 'execute-api', an HTTP API */
  readonly service?: string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: () => number;
}

const algorithm = 'AWS4-HMAC-SHA256';

/**
 * Signs requests by AWS Signature Version 4, in the header
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
 */
export const signRequests = ({
  credentials,
  region,
  service = 'execute-api',
  now = Date.now,
}: SigningOptions): SignRequest => {
  return async (request) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
    const time = `${new Date(now()).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
    const day = time.slice(0, 8);
    const scope = `${day}/${region}/${service}/aws4_request`;
    const added = { 'x-amz-date': time, ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }) };
    const { canonical, signedHeaders } = canonicalRequest(request, added);
    const text = [algorithm, time, scope, sha256(canonical)].join('\n');
    const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
    const signature = hmac(key, text).toString('hex');
    const authorization = `${algorithm} Credential=${accessKeyId}/${scope}, SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...request.headers, ...added, authorization };
  };
};

/** Host and everything that says whom or what the request is for; the rest may change on the way. */
const isSigned = (name: string): boolean => name.startsWith('x-');

const canonicalRequest = ({ method, url, headers, body = '' }: RequestToSign, added: Record<string, string>) => {
  const { host, pathname, searchParams } = new URL(url);
  const given = Object.entries({ ...headers, ...added }).map(([name, value]) => [name.toLowerCase(), value] as const);
  const signed = [...given.filter(([name]) => isSigned(name)), ['host', host] as const].sort(byName);
  const signedHeaders = signed.map(([name]) => name).join(';');
  const lines = signed.map(([name, value]) => `${name}:${value.trim().replace(/ +/g, ' ')}\n`).join('');
  const query = [...searchParams].map(([name, value]) => [encode(name), encode(value)] as const).sort(byName);
  const canonical = [
    method,
    // Every service but S3 signs the path encoded once more than it is sent.
    pathname.split('/').map(encode).join('/'),
    query.map((pair) => pair.join('=')).join('&'),
    lines,
    signedHeaders,
    sha256(body),
  ].join('\n');
  return { canonical, signedHeaders };
};

const byName = ([a, x]: readonly [string, string], [b, y]: readonly [string, string]): number =>
  a < b || (a === b && x < y) ? -1 : 1;

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
