import * as z from 'zod';
import { MediakeepError } from '../../core/error.ts';
import { Principal } from '../../core/schemas/primitives.ts';

/** Who the token says is calling. What they may do stands in the catalog, never in the token. */
export interface Identity {
  readonly principal: string;
  readonly kind: 'person' | 'machine';
}

/** The scope that a token for this API carries. */
export const apiScope = 'mediakeep/use';

/** The claims that the gateway's authorizer hands on; it has verified signature, issuer, audience and times. */
const Claims = z.object({
  sub: Principal.optional(),
  client_id: Principal.optional(),
  token_use: z.literal('access'),
  scope: z.string(),
});

const Authorizer = z.object({ jwt: z.object({ claims: Claims }) });

const SignedBy = z.object({ iam: z.object({ userArn: z.string() }) });

/** The form of a user's subject in the pool; a client's id has another. */
const subject = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Reads the identity from a signed request: the name of the session is the principal, where the session is one of this role.
 * Sessions of other roles may bear any name, so that whatever IAM lets them call, they are nobody here.
 */
export const readSignedIdentity = (authorizer: unknown, readerRole: string): Identity => {
  const arn = SignedBy.safeParse(authorizer).data?.iam.userArn ?? '';
  const [, role, session] = /^arn:aws[\w-]*:sts::\d{12}:assumed-role\/([^/]+)\/([^/]+)$/.exec(arn) ?? [];
  const principal = Principal.safeParse(session);
  if (role === readerRole && principal.success)
    return { principal: principal.data, kind: subject.test(principal.data) ? 'person' : 'machine' };
  throw new MediakeepError(
    'unauthenticated',
    `The second region is read in the role ${readerRole}: assume it with the principal of your membership as the session’s name, and sign requests with its credentials.`,
  );
};

/** Reads the identity from the gateway's `requestContext.authorizer`; throws `unauthenticated` where there is none. */
export const readIdentity = (authorizer: unknown): Identity => {
  const claims = Authorizer.safeParse(authorizer).data?.jwt.claims;
  if (claims === undefined) throw unauthenticated();
  if (!claims.scope.split(' ').includes(apiScope)) {
    throw new MediakeepError('forbidden', `The token lacks the scope ${apiScope}; ask for it when you sign in.`);
  }
  const { sub, client_id: clientId } = claims;
  // Cognito's client credentials make a token whose subject is the client itself.
  if (clientId !== undefined && (sub === undefined || sub === clientId))
    return { principal: clientId, kind: 'machine' };
  if (sub === undefined) throw unauthenticated();
  return { principal: sub, kind: 'person' };
};

const unauthenticated = (): MediakeepError =>
  new MediakeepError(
    'unauthenticated',
    'Send an access token of this deployment’s user pool as `Authorization: Bearer …`.',
  );
