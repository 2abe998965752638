import type { Server } from 'node:http';
import type { JWK } from 'jose';
import { jsonService } from '../aws/json-protocol.ts';
import type { AwsService, ResourceProvider } from '../aws/service.ts';
import type { ServiceDeps } from '../aws/service-deps.ts';
import { cognitoOperations } from './cognito-operations.ts';
import { createGrants } from './grants.ts';
import type { IdentityParts } from './identity-parts.ts';
import { listenAsIssuer } from './issuer-server.ts';
import { createPoolKeys } from './pool-keys.ts';
import { createUserPools, type UserPool } from './pool-model.ts';
import { poolProviders } from './pool-providers.ts';
import { createIdentityTables } from './schema.ts';
import { createTokenIssuer } from './tokens.ts';
import { createUsers, type User } from './users.ts';

export interface LocalUser {
  readonly username: string;
  readonly email: string;
  /** A new id where none is given. */
  readonly sub?: string;
}

export interface TokenRequest {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** The client's own lifetime by default. */
  readonly expiresInSeconds?: number;
}

/** Cognito user pools of the template: their API, and the sign-in and token endpoints on a port of their own. */
export interface Identity extends AwsService {
  readonly providers: ResourceProvider[];
  /** Starts the sign-in's own server; answers its URL. */
  listen(port: number): Promise<string>;
  /** Makes a user who signs in by name alone; the one who is there already is answered as it is. */
  createUser(poolId: string, user: LocalUser): User;
  /** An access token for a user as a sign-in would give it. */
  issueToken(username: string, request: TokenRequest): Promise<string>;
  /** The published keys of a pool by its issuer; undefined for an issuer that is none of the pools. */
  issuerKeys(issuer: string): readonly JWK[] | undefined;
  /** A new signing key; the old ones stay published until {@link withdrawOldKeys}. */
  rotateKeys(poolId: string): Promise<void>;
  withdrawOldKeys(poolId: string): void;
  stop(): Promise<void>;
}

export interface IdentityDeps extends Pick<ServiceDeps, 'db' | 'clock' | 'authorize' | 'newId' | 'log'> {
  /** True for a region that is lost. @default none is */
  readonly isDown?: (region: string) => boolean;
}

export const createIdentity = ({ db, clock, authorize, newId, log, isDown }: IdentityDeps): Identity => {
  createIdentityTables(db);
  const pools = createUserPools();
  const keys = createPoolKeys(db, clock);
  const tokens = createTokenIssuer({ keys, clock, newId });
  const parts: IdentityParts = {
    clock,
    newId,
    pools,
    keys,
    tokens,
    users: createUsers(db, clock),
    grants: createGrants(db, clock),
  };
  const isLost = (): boolean => pools.all().some(({ region }) => isDown?.(region));
  let server: Server | undefined;
  const service = jsonService({
    signingName: 'cognito-idp',
    version: '1.1',
    targetPrefix: 'AWSCognitoIdentityProviderService',
    operations: cognitoOperations(parts, authorize),
    maxBodyBytes: 1024 * 1024,
    errorType: (code) => (code === 'AccessDenied' ? 'AccessDeniedException' : code),
    onUnexpected: (error, operation) => log(`cognito-idp ${operation} failed: ${error}`),
  });
  return {
    ...service,
    providers: poolProviders({ db, pools, keys }),
    async listen(port) {
      server = await listenAsIssuer(parts, { port, log, isLost });
      const address = server.address();
      return `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`;
    },
    createUser: (poolId, user) => createLocalUser(parts, poolId, user),
    issueToken: (username, request) => issueToken(parts, username, request),
    issuerKeys(issuer) {
      const pool = pools.byIssuer(issuer);
      return pool === undefined ? undefined : keys.publicKeys(pool.id);
    },
    rotateKeys: (poolId) => keys.rotate(poolId),
    withdrawOldKeys: (poolId) => keys.withdrawOld(poolId),
    stop: () => closeServer(server),
  };
};

const createLocalUser = (parts: IdentityParts, poolId: string, { username, email, sub }: LocalUser): User => {
  const pool = parts.pools.get(poolId);
  if (pool === undefined) throw new Error(`There is no user pool ${poolId}.`);
  parts.users.create(pool, {
    username,
    sub: sub ?? parts.newId(),
    status: 'CONFIRMED',
    attributes: { email, email_verified: 'true' },
  });
  return knownUser(parts, pool, username);
};

const issueToken = async (parts: IdentityParts, username: string, request: TokenRequest): Promise<string> => {
  const found = parts.pools.byClient(request.clientId);
  if (found === undefined) throw new Error(`There is no app client ${request.clientId}.`);
  const { pool, client } = found;
  const signIn = {
    pool,
    client,
    user: knownUser(parts, pool, username),
    scopes: request.scopes,
    authTimeSeconds: Math.floor(parts.clock.now() / 1000),
    origin: parts.newId(),
  };
  return parts.tokens.accessToken(signIn, request.expiresInSeconds);
};

const knownUser = (parts: IdentityParts, pool: UserPool, username: string): User => {
  const user = parts.users.find(pool, username);
  if (user === undefined) throw new Error(`The user pool ${pool.id} has no user ${username}.`);
  return user;
};

const closeServer = (server: Server | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (server === undefined) return resolve();
    server.close(() => resolve());
    server.closeAllConnections();
  });
