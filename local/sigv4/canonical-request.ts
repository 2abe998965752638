import { hash } from 'node:crypto';
import { uriDecode, uriEncodePath } from './encoding.ts';

/** The parts of a request that a signature covers. */
export interface CanonicalParts {
  readonly method: string;
  readonly canonicalPath: string;
  readonly canonicalQuery: string;
  readonly headers: ReadonlyMap<string, string>;
  /** Lower case, in order. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** The text whose digest is signed. */
export const canonicalRequest = (parts: CanonicalParts): string => {
  const headers = parts.signedHeaders.map((name) => `${name}:${canonicalValue(parts.headers.get(name) ?? '')}\n`);
  const path = parts.canonicalPath === '' ? '/' : parts.canonicalPath;
  return `${parts.method}\n${path}\n${parts.canonicalQuery}\n${headers.join('')}\n${parts.signedHeaders.join(';')}\n${parts.payloadHash}`;
};

/** The text that is signed. Header values are the received bytes as Latin-1, so the digest is over the bytes. */
export const stringToSign = (date: string, scope: string, canonical: string): string =>
  `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', Buffer.from(canonical, 'latin1'), 'hex')}`;

/** S3 signs the path encoded once and as it is; every other service signs it normalized and encoded twice. */
export const canonicalPath = (service: string, rawPath: string): string =>
  service === 's3' ? uriEncodePath(uriDecode(rawPath)) : uriEncodePath(normalize(rawPath));

const canonicalValue = (value: string): string => {
  const trimmed = value.trim();
  return trimmed.includes('  ') ? trimmed.replace(/ {2,}/g, ' ') : trimmed;
};

const normalize = (rawPath: string): string => {
  const segments: string[] = [];
  for (const segment of rawPath.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '.' && segment !== '') segments.push(segment);
  }
  return `/${segments.join('/')}${rawPath.endsWith('/') && segments.length > 0 ? '/' : ''}`;
};
