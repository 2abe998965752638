import { createHash, timingSafeEqual } from 'node:crypto';
import type { AppClient, UserPool, UserPools } from './pool-model.ts';
import { single, type WebRequest } from './web-exchange.ts';

/** An error of RFC 6749 that an OAuth endpoint answers with. */
export class OAuthError extends Error {
  readonly error: string;
  readonly status: number;

  constructor(error: string, description: string = error, status = 400) {
    super(description);
    this.name = 'OAuthError';
    this.error = error;
    this.status = status;
  }
}

/** Who makes a request to the token endpoint: by Basic authentication or by fields of the form, never both. */
export const authenticateClient = (
  pools: UserPools,
  request: WebRequest,
  form: URLSearchParams,
): { readonly pool: UserPool; readonly client: AppClient } => {
  const basic = basicCredentials(request.headers.authorization);
  const inForm = { id: single(form, 'client_id'), secret: single(form, 'client_secret') };
  if (basic !== undefined && (inForm.secret !== undefined || (inForm.id !== undefined && inForm.id !== basic.id))) {
    throw new OAuthError('invalid_request', 'the client authenticates in two ways');
  }
  const { id, secret } = basic ?? inForm;
  if (id === undefined) throw new OAuthError('invalid_request', 'client_id is missing');
  const found = pools.byClient(id);
  if (found === undefined || found.pool.domain === undefined) throw new OAuthError('invalid_client');
  if (!secretMatches(found.client.secret, secret)) throw new OAuthError('invalid_client', 'invalid_client_secret');
  return found;
};

const basicCredentials = (header: string | undefined): { id: string; secret: string } | undefined => {
  if (header === undefined) return undefined;
  const [, encoded] = /^basic ([A-Za-z0-9+/=]+)$/i.exec(header) ?? [];
  const text = Buffer.from(encoded ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1) throw new OAuthError('invalid_client', 'the Authorization header is not Basic client:secret');
  return { id: text.slice(0, colon), secret: text.slice(colon + 1) };
};

/** A public client has no secret and must send none. */
const secretMatches = (expected: string | undefined, given: string | undefined): boolean => {
  if (expected === undefined || given === undefined) return expected === given;
  return timingSafeEqual(createHash('sha256').update(expected).digest(), createHash('sha256').update(given).digest());
};
