import { type CompactJWSHeaderParameters, compactVerify, importJWK, type JWK } from 'jose';
import type { Clock } from '../../core/time.ts';
import { isJsonObject, type JsonObject } from '../aws/json-object.ts';
import type { IdentitySource, JwtAuthorizer } from './api-model.ts';
import { insufficientScope, unauthorized } from './gateway-error.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a request shows of who makes it. */
export interface TokenCarrier {
  header(name: string): string | undefined;
  query(name: string): string | undefined;
}

export interface AuthorizedToken {
  readonly claims: JsonObject;
  /** Those of the route's scopes that the token has; null for a route without scopes. */
  readonly scopes: readonly string[] | null;
}

/** API Gateway verifies RSA signatures only: no HMAC, no elliptic curves, and never `none`. */
const algorithms = ['RS256', 'RS384', 'RS512'];

export interface TokenCheck {
  readonly authorizer: JwtAuthorizer;
  readonly scopes: readonly string[];
  readonly carrier: TokenCarrier;
}

/** Lets a request through whose token is right in every respect; throws 401, or 403 where only a scope is missing. */
export const authorizeToken = async (
  { keys, clock }: { keys: SigningKeys; clock: Clock },
  { authorizer, scopes, carrier }: TokenCheck,
): Promise<AuthorizedToken> => {
  const token = findToken(authorizer.identitySources, carrier);
  if (token === undefined) throw unauthorized();
  const claims = await verifiedClaims(keys, authorizer.issuer, token);
  checkClaims(claims, authorizer, clock.now() / 1000);
  if (scopes.length === 0) return { claims, scopes: null };
  const granted = tokenScopes(claims);
  const matching = scopes.filter((scope) => granted.has(scope));
  if (matching.length === 0) throw insufficientScope(scopes);
  return { claims, scopes: matching };
};

const findToken = (sources: readonly IdentitySource[], carrier: TokenCarrier): string | undefined => {
  for (const { in: place, name } of sources) {
    const value = place === 'header' ? carrier.header(name) : carrier.query(name);
    if (value !== undefined && value !== '') return value.replace(/^bearer /i, '').trim();
  }
  return undefined;
};

/** The claims of a token that a key of this issuer signed; the token's own `jku`, `x5u` or `jwk` are never looked at. */
const verifiedClaims = async (keys: SigningKeys, issuer: string, token: string): Promise<JsonObject> => {
  const header = tokenHeader(token);
  const keyId = header?.['kid'];
  if (header === undefined || typeof keyId !== 'string') throw unauthorized('the token is malformed');
  if (!algorithms.includes(String(header['alg']))) throw unauthorized('the algorithm is not supported');
  const jwk = await keys.find(issuer, keyId);
  if (jwk === undefined || jwk.kty !== 'RSA') throw unauthorized('signing method is invalid');
  const known = verified.get(jwk)?.get(token);
  if (known !== undefined) return known;
  const claims = await signedClaims(jwk, token);
  remember(jwk, token, claims);
  return claims;
};

/**
 * What a key has proven stays proven: the claims of tokens that were verified, by the very key object that is kept. Whether
 * they still hold is asked of the clock each time.
 */
const verified = new WeakMap<JWK, Map<string, JsonObject>>();
const mostRemembered = 1000;

const remember = (jwk: JWK, token: string, claims: JsonObject): void => {
  const tokens = verified.get(jwk) ?? new Map<string, JsonObject>();
  if (tokens.size >= mostRemembered) tokens.clear();
  verified.set(jwk, tokens.set(token, claims));
};

const signedClaims = async (jwk: JWK, token: string): Promise<JsonObject> => {
  try {
    const select = async ({ alg }: CompactJWSHeaderParameters) => importJWK({ ...jwk }, alg);
    const { payload } = await compactVerify(token, select, { algorithms });
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    if (isJsonObject(claims)) return claims;
  } catch {
    // Whatever jose or JSON found wrong, the client learns one thing: this token's signature does not hold.
  }
  throw unauthorized('the token has an invalid signature');
};

const tokenHeader = (token: string): JsonObject | undefined => {
  const parts = token.split('.');
  if (parts.length !== 3 || !parts.every((part) => /^[\w-]+$/.test(part))) return undefined;
  try {
    const header: unknown = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString('utf8'));
    return isJsonObject(header) ? header : undefined;
  } catch {
    return undefined;
  }
};

const checkClaims = (claims: JsonObject, { issuer, audience }: JwtAuthorizer, nowSeconds: number): void => {
  if (claims['iss'] !== issuer) throw unauthorized('the issuer is invalid');
  if (!audienceOf(claims).some((name) => audience.includes(name))) {
    throw unauthorized('the token does not have a valid audience');
  }
  const expires = claims['exp'];
  if (!isTime(expires)) throw unauthorized('the token is malformed');
  if (expires <= nowSeconds) throw unauthorized('the token has expired');
  for (const name of ['nbf', 'iat']) {
    const value = claims[name];
    if (value === undefined) continue;
    if (!isTime(value)) throw unauthorized('the token is malformed');
    if (value > nowSeconds) throw unauthorized('the token is not valid yet');
  }
};

/** `aud` decides where there is one; Cognito's access tokens have `client_id` instead. */
const audienceOf = (claims: JsonObject): string[] => {
  const audience = claims['aud'] ?? claims['client_id'];
  const names = Array.isArray(audience) ? audience : [audience];
  return names.filter((name) => typeof name === 'string');
};

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);

const tokenScopes = (claims: JsonObject): Set<string> => {
  const value = claims['scope'] ?? claims['scp'];
  const names: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : [];
  return new Set(names.filter((name) => typeof name === 'string'));
};

/** A claim as a function receives it: always text; lists in brackets with spaces between, objects as JSON. */
export const claimText = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(claimText).join(' ')}]`;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
};
