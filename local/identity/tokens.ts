import { importJWK, type JWTPayload, SignJWT } from 'jose';
import type { Clock } from '../../core/time.ts';
import type { PoolKeys } from './pool-keys.ts';
import type { AppClient, UserPool } from './pool-model.ts';
import type { User } from './users.ts';

/** What a person's sign-in gave: every token of it says the same. */
export interface SignIn {
  readonly pool: UserPool;
  readonly client: AppClient;
  readonly user: User;
  readonly scopes: readonly string[];
  readonly authTimeSeconds: number;
  /** Joins all tokens of one sign-in; what is revoked, is revoked by it. */
  readonly origin: string;
  readonly nonce?: string;
}

export interface TokenIssuer {
  accessToken(signIn: SignIn, lifetimeSeconds?: number): Promise<string>;
  idToken(signIn: SignIn): Promise<string>;
  /** The token of a machine: its client's id is its subject. */
  machineToken(pool: UserPool, client: AppClient, scopes: readonly string[], lifetimeSeconds?: number): Promise<string>;
}

export interface TokenDeps {
  readonly keys: PoolKeys;
  readonly clock: Clock;
  readonly newId: () => string;
}

export const createTokenIssuer = ({ keys, clock, newId }: TokenDeps): TokenIssuer => {
  const nowSeconds = () => Math.floor(clock.now() / 1000);
  const sign = async (pool: UserPool, lifetimeSeconds: number, claims: JWTPayload) => {
    const jwk = keys.signingKey(pool.id);
    const iat = nowSeconds();
    return new SignJWT({ ...claims, iss: pool.issuer, iat, exp: iat + lifetimeSeconds, jti: newId() })
      .setProtectedHeader({ kid: String(jwk.kid), alg: 'RS256' })
      .sign(await importJWK(jwk, 'RS256'));
  };
  return {
    accessToken: (
      { pool, client, user, scopes, authTimeSeconds, origin },
      lifetimeSeconds = client.accessTokenSeconds,
    ) =>
      sign(pool, lifetimeSeconds, {
        sub: user.sub,
        version: 2,
        client_id: client.id,
        origin_jti: origin,
        event_id: newId(),
        token_use: 'access',
        scope: scopes.join(' '),
        auth_time: authTimeSeconds,
        username: user.username,
      }),
    idToken: ({ pool, client, user, authTimeSeconds, origin, nonce, scopes }) =>
      sign(pool, client.idTokenSeconds, {
        sub: user.sub,
        aud: client.id,
        origin_jti: origin,
        event_id: newId(),
        token_use: 'id',
        auth_time: authTimeSeconds,
        'cognito:username': user.username,
        ...(nonce === undefined ? {} : { nonce }),
        ...personalClaims(user, scopes),
      }),
    machineToken: (pool, client, scopes, lifetimeSeconds = client.accessTokenSeconds) =>
      sign(pool, lifetimeSeconds, {
        sub: client.id,
        token_use: 'access',
        scope: scopes.join(' '),
        auth_time: nowSeconds(),
        version: 2,
        client_id: client.id,
      }),
  };
};

/** What the granted scopes tell about a person. */
export const personalClaims = ({ attributes }: User, scopes: readonly string[]): Record<string, string | boolean> => {
  const { email, email_verified: verified, ...others } = attributes;
  return {
    ...(scopes.includes('email') && email !== undefined ? { email, email_verified: verified === 'true' } : {}),
    ...(scopes.includes('profile') ? others : {}),
  };
};
