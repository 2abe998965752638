import type { Clock } from '../../core/time.ts';
import type { Grants } from './grants.ts';
import type { PoolKeys } from './pool-keys.ts';
import type { UserPools } from './pool-model.ts';
import type { TokenIssuer } from './tokens.ts';
import type { Users } from './users.ts';

/** What the endpoints of the sign-in and the Cognito API are made of. */
export interface IdentityParts {
  readonly clock: Clock;
  readonly newId: () => string;
  readonly pools: UserPools;
  readonly users: Users;
  readonly grants: Grants;
  readonly keys: PoolKeys;
  readonly tokens: TokenIssuer;
}
