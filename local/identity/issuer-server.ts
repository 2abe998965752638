import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { OAuthError } from './client-authentication.ts';
import type { IdentityParts } from './identity-parts.ts';
import type { UserPool } from './pool-model.ts';
import { authorizeEndpoint, login, loginForm, logout } from './sign-in.ts';
import { revokeEndpoint, tokenEndpoint } from './token-endpoint.ts';
import { userInfoEndpoint } from './user-info.ts';
import { json, readWebRequest, type WebAnswer, type WebRequest, writeWebAnswer } from './web-exchange.ts';

type Endpoint = (parts: IdentityParts, request: WebRequest) => WebAnswer | Promise<WebAnswer>;

const endpoints: Readonly<Record<string, Readonly<Record<string, Endpoint>>>> = {
  '/oauth2/authorize': { GET: authorizeEndpoint },
  '/login': { GET: (parts, request) => loginForm(parts, request), POST: login },
  '/logout': { GET: logout },
  '/oauth2/token': { POST: tokenEndpoint },
  '/oauth2/revoke': { POST: revokeEndpoint },
  '/oauth2/userInfo': { GET: userInfoEndpoint, POST: userInfoEndpoint },
};

/** Listens for the sign-in and token endpoints of all pools; a client's id tells which pool is meant. */
export const listenAsIssuer = async (
  parts: IdentityParts,
  { port, log, isLost }: { port: number; log: (line: string) => void; isLost: () => boolean },
): Promise<Server> => {
  const server = createServer((http, response) => {
    if (isLost()) http.socket.destroy();
    else void serve(parts, { http, response, log });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `The sign-in cannot listen on port ${port} (${cause.message}). Stop what uses it or choose another port.`,
          { cause },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
};

const serve = async (
  parts: IdentityParts,
  { http, response, log }: { http: IncomingMessage; response: ServerResponse; log: (line: string) => void },
): Promise<void> => {
  try {
    const request = await readWebRequest(http);
    const answer = request === undefined ? json(413, { error: 'invalid_request' }) : await route(parts, request);
    writeWebAnswer(response, answer);
  } catch (error) {
    if (error instanceof OAuthError) {
      const description = error.message === error.error ? {} : { error_description: error.message };
      writeWebAnswer(response, json(error.status, { error: error.error, ...description }));
      return;
    }
    log(`The sign-in failed: ${error instanceof Error ? error.stack : String(error)}`);
    writeWebAnswer(response, json(500, { error: 'server_error' }));
  }
};

const route = (parts: IdentityParts, request: WebRequest): WebAnswer | Promise<WebAnswer> => {
  if (request.method === 'OPTIONS') return preflight;
  const published = request.method === 'GET' ? wellKnown(parts, request) : undefined;
  if (published !== undefined) return published;
  const methods = endpoints[request.path];
  if (methods === undefined) return json(404, { error: 'not_found' });
  const endpoint = methods[request.method];
  return (
    endpoint?.(parts, request) ?? json(405, { error: 'invalid_request' }, { allow: Object.keys(methods).join(', ') })
  );
};

const preflight: WebAnswer = {
  status: 204,
  headers: {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '86400',
  },
};

const wellKnown = (parts: IdentityParts, { path, origin }: WebRequest): WebAnswer | undefined => {
  const [, poolId, document] = /^(?:\/([\w-]+))?\/\.well-known\/(openid-configuration|jwks\.json)$/.exec(path) ?? [];
  if (document === undefined) return undefined;
  const pool = poolId === undefined ? parts.pools.all()[0] : parts.pools.get(poolId);
  if (pool === undefined) return json(404, { message: 'User pool does not exist.' });
  if (document === 'jwks.json') return json(200, { keys: parts.keys.publicKeys(pool.id) }, cacheable);
  return json(200, configuration(pool, origin), cacheable);
};

const cacheable = { 'cache-control': 'public, max-age=3600' };

/** OpenID discovery: the issuer's name is the one on AWS, its endpoints are here. */
const configuration = (pool: UserPool, origin: string) => ({
  issuer: pool.issuer,
  authorization_endpoint: `${origin}/oauth2/authorize`,
  token_endpoint: `${origin}/oauth2/token`,
  userinfo_endpoint: `${origin}/oauth2/userInfo`,
  revocation_endpoint: `${origin}/oauth2/revoke`,
  end_session_endpoint: `${origin}/logout`,
  jwks_uri: `${origin}/${pool.id}/.well-known/jwks.json`,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code'],
  grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
  code_challenge_methods_supported: ['S256'],
  scopes_supported: ['openid', 'email', 'phone', 'profile', ...[...pool.resourceServers.values()].flat()],
  subject_types_supported: ['public'],
  token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post', 'none'],
});
