import { type AppClient, standardScopes, type UserPool, type UserPools } from './pool-model.ts';
import { single } from './web-exchange.ts';

/** A request for a code that is right in every respect. */
export interface AuthorizationRequest {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly challenge: string | undefined;
  readonly prompt: string | undefined;
}

/** What is wrong with one: shown on a page where the redirect itself cannot be trusted, else told to the client by it. */
export type AuthorizationProblem =
  | { readonly kind: 'page'; readonly error: string; readonly message: string }
  | { readonly kind: 'redirect'; readonly location: string };

const onPage = (error: string, message: string): AuthorizationProblem => ({ kind: 'page', error, message });

const singleParameters = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
];

/** Checks a request as strictly as Cognito: client and redirect first, and only then anything is sent to the redirect. */
export const readAuthorizationRequest = (
  pools: UserPools,
  query: URLSearchParams,
): AuthorizationRequest | AuthorizationProblem => {
  const repeated = singleParameters.find((name) => query.getAll(name).length > 1);
  if (repeated !== undefined) return onPage('invalid_request', `The parameter ${repeated} stands there twice.`);
  const found = pools.byClient(single(query, 'client_id') ?? '');
  if (found === undefined) return onPage('invalid_request', 'There is no app client with this client_id.');
  const { pool, client } = found;
  if (pool.domain === undefined)
    return onPage('invalid_request', 'The user pool has no domain and so no sign-in page.');
  const redirectUri = single(query, 'redirect_uri');
  if (redirectUri === undefined) return onPage('invalid_request', 'The parameter redirect_uri is missing.');
  if (!client.callbackUrls.includes(redirectUri)) {
    return onPage('redirect_mismatch', 'The redirect_uri is none of the callback URLs that the app client has.');
  }
  const problem = (error: string, description?: string): AuthorizationProblem => ({
    kind: 'redirect',
    location: withParameters(redirectUri, { error, error_description: description, state: single(query, 'state') }),
  });
  const responseType = single(query, 'response_type');
  if (responseType === undefined) return problem('invalid_request', 'response_type is missing');
  if (responseType !== 'code') return problem('unsupported_response_type', 'the only response_type is code');
  if (!client.flows.includes('code')) return problem('unauthorized_client', 'the client has no code flow');
  const scopes = readScopes(client, single(query, 'scope'));
  if (scopes === undefined) return problem('invalid_scope');
  const challenge = readChallenge(query);
  if (challenge instanceof Error) return problem('invalid_request', challenge.message);
  return {
    pool,
    client,
    redirectUri,
    scopes,
    state: single(query, 'state'),
    nonce: single(query, 'nonce'),
    challenge,
    prompt: single(query, 'prompt'),
  };
};

/** The scopes asked for, or all of the client's where none is named; undefined where one is not the client's. */
export const readScopes = (client: AppClient, asked: string | undefined): string[] | undefined => {
  if (asked === undefined) return [...client.scopes];
  const scopes = [...new Set(asked.split(' ').filter((scope) => scope !== ''))];
  const needsOpenId = scopes.some((scope) => ['email', 'phone', 'profile'].includes(scope));
  if (scopes.length === 0 || (needsOpenId && !scopes.includes('openid'))) return undefined;
  return scopes.every((scope) => client.scopes.includes(scope)) ? scopes : undefined;
};

/** Scopes of resource servers: all that a machine can have. */
export const customScopes = (client: AppClient): string[] =>
  client.scopes.filter((scope) => !standardScopes.some((standard) => standard === scope));

const readChallenge = (query: URLSearchParams): string | undefined | Error => {
  const challenge = single(query, 'code_challenge');
  const method = single(query, 'code_challenge_method');
  if (challenge === undefined) return method === undefined ? undefined : new Error('code_challenge is missing');
  if (method !== 'S256') return new Error('code_challenge_method must be S256');
  return /^[\w-]{43}$/.test(challenge) ? challenge : new Error('code_challenge is no SHA-256 in base64url');
};

/** A redirect with further parameters; those it has already stay. */
export const withParameters = (url: string, parameters: Readonly<Record<string, string | undefined>>): string => {
  const added = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) added.set(name, value);
  return `${url}${url.includes('?') ? '&' : '?'}${added}`;
};
