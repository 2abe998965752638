/** A user pool of the template with its clients and scopes, filled resource by resource. */
export interface UserPool {
  readonly id: string;
  readonly name: string;
  readonly region: string;
  readonly arn: string;
  /** `iss` of every token: `https://cognito-idp.{region}.amazonaws.com/{id}`. */
  readonly issuer: string;
  /** People may sign in by their e-mail address. */
  readonly usernameIsEmail: boolean;
  /** AdminCreateUser takes an e-mail address as the name, and the pool makes the user name itself: the user's `sub`. */
  readonly generatesUsernames: boolean;
  readonly usernameIsCaseSensitive: boolean;
  readonly passwordPolicy: PasswordPolicy;
  /** Identifier of the resource server → its scopes as tokens carry them, `mediakeep/use`. */
  readonly resourceServers: Map<string, readonly string[]>;
  readonly clients: Map<string, AppClient>;
  /** The prefix domain; without one the pool has no sign-in and no token endpoint. */
  domain: string | undefined;
}

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireNumbers: boolean;
  readonly requireSymbols: boolean;
}

export type OAuthFlow = 'code' | 'implicit' | 'client_credentials';

/** An app client. */
export interface AppClient {
  readonly id: string;
  readonly name: string;
  readonly poolId: string;
  readonly secret: string | undefined;
  readonly flows: readonly OAuthFlow[];
  readonly scopes: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  readonly accessTokenSeconds: number;
  readonly idTokenSeconds: number;
  readonly refreshTokenSeconds: number;
  readonly canRevoke: boolean;
  readonly explicitAuthFlows: readonly string[];
}

/** The user pools of the template; filled anew at every start. */
export interface UserPools {
  put(pool: UserPool): void;
  get(poolId: string): UserPool | undefined;
  byIssuer(issuer: string): UserPool | undefined;
  /** A client's id says which pool is meant. */
  byClient(clientId: string): { readonly pool: UserPool; readonly client: AppClient } | undefined;
  all(): readonly UserPool[];
}

export const createUserPools = (): UserPools => {
  const pools = new Map<string, UserPool>();
  return {
    put: (pool) => void pools.set(pool.id, pool),
    get: (poolId) => pools.get(poolId),
    byIssuer: (issuer) => [...pools.values()].find((pool) => pool.issuer === issuer),
    byClient(clientId) {
      for (const pool of pools.values()) {
        const client = pool.clients.get(clientId);
        if (client !== undefined) return { pool, client };
      }
      return undefined;
    },
    all: () => [...pools.values()],
  };
};

/** What a client may always ask for besides the scopes of resource servers. */
export const standardScopes = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'] as const;
