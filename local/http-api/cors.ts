import type { IncomingHttpHeaders } from 'node:http';
import type { CorsConfiguration } from './api-model.ts';

/** True for the request by which a browser asks whether it may send another. */
export const isPreflight = (method: string, headers: IncomingHttpHeaders): boolean =>
  method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** The headers of the answer to a preflight; none for an origin that is not allowed. */
export const preflightHeaders = (cors: CorsConfiguration, origin: string): Record<string, string> => {
  const allowed = originHeaders(cors, origin);
  if (allowed === undefined) return {};
  return {
    ...allowed,
    ...listHeader('access-control-allow-methods', cors.allowMethods),
    ...listHeader('access-control-allow-headers', cors.allowHeaders),
    ...(cors.maxAgeSeconds === undefined ? {} : { 'access-control-max-age': String(cors.maxAgeSeconds) }),
  };
};

/** The headers that every other answer to a browser carries. */
export const corsHeaders = (cors: CorsConfiguration, origin: string | undefined): Record<string, string> => {
  const allowed = origin === undefined ? undefined : originHeaders(cors, origin);
  return allowed === undefined
    ? {}
    : { ...allowed, ...listHeader('access-control-expose-headers', cors.exposeHeaders) };
};

/** Headers that a function sends in vain on an API with CORS: the API writes them itself. */
export const isCorsHeader = (name: string): boolean => name.startsWith('access-control-');

const originHeaders = (cors: CorsConfiguration, origin: string): Record<string, string> | undefined => {
  const any = cors.allowOrigins.includes('*');
  if (!any && !cors.allowOrigins.some((pattern) => originMatches(pattern, origin))) return undefined;
  return {
    'access-control-allow-origin': any ? '*' : origin,
    ...(any ? {} : { vary: 'Origin' }),
    ...(cors.allowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
  };
};

/** `https://*` and `http://*` stand for every origin of the scheme. */
const originMatches = (pattern: string, origin: string): boolean =>
  pattern.endsWith('://*') ? origin.startsWith(pattern.slice(0, -1)) : pattern === origin;

const listHeader = (name: string, values: readonly string[]): Record<string, string> =>
  values.length === 0 ? {} : { [name]: values.join(',') };
