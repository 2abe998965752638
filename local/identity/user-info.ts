import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import type { IdentityParts } from './identity-parts.ts';
import { personalClaims } from './tokens.ts';
import { json, type WebAnswer, type WebRequest } from './web-exchange.ts';

/** `GET /oauth2/userInfo`: what the token's scopes tell about its user. */
export const userInfoEndpoint = async (parts: IdentityParts, request: WebRequest): Promise<WebAnswer> => {
  const token = /^bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined) return refused(400, 'invalid_request', 'Bad OAuth2 request at UserInfo Endpoint');
  const claims = await verified(parts, token);
  if (claims === undefined) return refused(401, 'invalid_token', 'Access token is expired, disabled, or deleted.');
  const pool = parts.pools.byIssuer(claims.iss ?? '');
  const scopes = String(claims['scope']).split(' ');
  const user = pool === undefined ? undefined : parts.users.find(pool, String(claims['username'] ?? ''));
  if (user?.enabled !== true || !scopes.includes('openid')) {
    return refused(401, 'invalid_token', 'Access token does not contain openid scope');
  }
  return json(200, { sub: user.sub, username: user.username, ...personalClaims(user, scopes) });
};

/** The claims of an access token of one of the pools that is neither expired nor revoked. */
const verified = async (parts: IdentityParts, token: string): Promise<JWTPayload | undefined> => {
  const keys = createLocalJWKSet({ keys: parts.pools.all().flatMap(({ id }) => parts.keys.publicKeys(id)) });
  try {
    const currentDate = new Date(parts.clock.now());
    const { payload } = await jwtVerify(token, keys, { algorithms: ['RS256'], currentDate });
    const live = payload['token_use'] === 'access' && !parts.grants.isRevoked(String(payload['origin_jti']));
    return live ? payload : undefined;
  } catch {
    return undefined;
  }
};

const refused = (status: number, error: string, description: string): WebAnswer =>
  json(
    status,
    { error, error_description: description },
    { 'www-authenticate': `error="${error}", error_description="${description}"` },
  );
