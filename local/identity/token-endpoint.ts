import { createHash } from 'node:crypto';
import { customScopes } from './authorization-request.ts';
import { authenticateClient, OAuthError } from './client-authentication.ts';
import type { Grant } from './grants.ts';
import type { IdentityParts } from './identity-parts.ts';
import type { AppClient, UserPool } from './pool-model.ts';
import type { SignIn } from './tokens.ts';
import { json, single, type WebAnswer, type WebRequest } from './web-exchange.ts';

const singleParameters = [
  'grant_type',
  'client_id',
  'client_secret',
  'code',
  'redirect_uri',
  'code_verifier',
  'refresh_token',
  'scope',
];

/** `POST /oauth2/token`: codes, refresh tokens and machines' credentials become tokens. Throws OAuthError. */
export const tokenEndpoint = async (parts: IdentityParts, request: WebRequest): Promise<WebAnswer> => {
  const { form } = request;
  if (form === undefined) throw new OAuthError('invalid_request', 'the body is not application/x-www-form-urlencoded');
  const repeated = singleParameters.find((name) => form.getAll(name).length > 1);
  if (repeated !== undefined) throw new OAuthError('invalid_request', `${repeated} stands there twice`);
  const grantType = single(form, 'grant_type');
  if (grantType === undefined) throw new OAuthError('invalid_request', 'grant_type is missing');
  const exchange = exchanges.get(grantType);
  if (exchange === undefined) throw new OAuthError('unsupported_grant_type');
  return json(200, await exchange(parts, { ...authenticateClient(parts.pools, request, form), form }));
};

interface Exchange {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly form: URLSearchParams;
}

const exchangeCode = async (parts: IdentityParts, { pool, client, form }: Exchange): Promise<unknown> => {
  if (!client.flows.includes('code')) throw new OAuthError('unauthorized_client');
  const code = single(form, 'code');
  const redirectUri = single(form, 'redirect_uri');
  if (code === undefined) throw new OAuthError('invalid_request', 'code is missing');
  if (redirectUri === undefined) throw new OAuthError('invalid_request', 'redirect_uri is missing');
  const grant = parts.grants.takeCode(code);
  if (grant?.clientId !== client.id || grant.redirectUri !== redirectUri) throw new OAuthError('invalid_grant');
  if (!verifierFits(grant.challenge, single(form, 'code_verifier'))) throw new OAuthError('invalid_grant');
  const signIn = resume(parts, { pool, client, grant });
  return {
    ...(await userTokens(parts, signIn)),
    refresh_token: parts.grants.newRefreshToken(grant, client.refreshTokenSeconds),
  };
};

/** A challenge needs its verifier, and a verifier needs a challenge. */
const verifierFits = (challenge: string | undefined, verifier: string | undefined): boolean => {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  return /^[\w.~-]{43,128}$/.test(verifier) && createHash('sha256').update(verifier).digest('base64url') === challenge;
};

const exchangeRefreshToken = async (parts: IdentityParts, { pool, client, form }: Exchange): Promise<unknown> => {
  const token = single(form, 'refresh_token');
  if (token === undefined) throw new OAuthError('invalid_request', 'refresh_token is missing');
  const grant = parts.grants.refreshGrant(token);
  if (grant?.clientId !== client.id) throw new OAuthError('invalid_grant');
  return userTokens(parts, resume(parts, { pool, client, grant: { ...grant, nonce: undefined } }));
};

const exchangeCredentials = async (parts: IdentityParts, { pool, client, form }: Exchange): Promise<unknown> => {
  if (!client.flows.includes('client_credentials')) throw new OAuthError('unauthorized_client');
  const allowed = customScopes(client);
  const asked =
    single(form, 'scope')
      ?.split(' ')
      .filter((scope) => scope !== '') ?? allowed;
  if (asked.length === 0 || !asked.every((scope) => allowed.includes(scope))) throw new OAuthError('invalid_scope');
  return {
    access_token: await parts.tokens.machineToken(pool, client, [...new Set(asked)]),
    expires_in: client.accessTokenSeconds,
    token_type: 'Bearer',
  };
};

const exchanges: ReadonlyMap<string, (parts: IdentityParts, exchange: Exchange) => Promise<unknown>> = new Map([
  ['authorization_code', exchangeCode],
  ['refresh_token', exchangeRefreshToken],
  ['client_credentials', exchangeCredentials],
]);

/** The sign-in behind a grant; a user who is gone or disabled gets nothing. */
const resume = (
  { users }: IdentityParts,
  { pool, client, grant }: { pool: UserPool; client: AppClient; grant: Grant },
): SignIn => {
  const user = users.find(pool, grant.username);
  if (user?.enabled !== true) throw new OAuthError('invalid_grant');
  const { scopes, authTimeSeconds, origin, nonce } = grant;
  return { pool, client, user, scopes, authTimeSeconds, origin, ...(nonce === undefined ? {} : { nonce }) };
};

const userTokens = async ({ tokens }: IdentityParts, signIn: SignIn): Promise<Record<string, unknown>> => ({
  ...(signIn.scopes.includes('openid') ? { id_token: await tokens.idToken(signIn) } : {}),
  access_token: await tokens.accessToken(signIn),
  expires_in: signIn.client.accessTokenSeconds,
  token_type: 'Bearer',
});

/** `POST /oauth2/revoke`: a refresh token and everything that came of its sign-in. */
export const revokeEndpoint = (parts: IdentityParts, request: WebRequest): WebAnswer => {
  const { form } = request;
  if (form === undefined) throw new OAuthError('invalid_request', 'the body is not application/x-www-form-urlencoded');
  const token = single(form, 'token');
  if (token === undefined) throw new OAuthError('invalid_request', 'token is missing');
  const { client } = authenticateClient(parts.pools, request, form);
  if (token.split('.').length === 3) throw new OAuthError('unsupported_token_type');
  if (!client.canRevoke) throw new OAuthError('invalid_request', 'the client does not allow revocation');
  const grant = parts.grants.refreshGrant(token);
  if (grant !== undefined && grant.clientId !== client.id) throw new OAuthError('unauthorized_client');
  if (grant !== undefined) parts.grants.revoke(grant.origin);
  return { status: 200, headers: { 'access-control-allow-origin': '*' } };
};
