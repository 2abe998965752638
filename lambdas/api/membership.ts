import { isRole, type Role } from '../../core/authorization/roles.ts';
import type { MemberRow } from '../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../core/error.ts';
import { TenantId } from '../../core/schemas/primitives.ts';
import type { Clock } from '../../core/time.ts';
import type { Identity } from './identity.ts';
import type { Members } from './ports.ts';

/** Whoever calls, in the tenant that they speak for. */
export interface Caller extends Identity {
  readonly tenant: string;
  readonly roles: readonly Role[];
  readonly devices: readonly string[];
}

/** Finds the membership behind an identity. */
export interface Memberships {
  resolve(identity: Identity, namedTenant: string | undefined): Promise<Caller>;
  /** Forgets what is remembered of a principal, after a change made here. */
  forget(principal: string): void;
}

/** A right that was taken away is gone after this time everywhere. */
export const membershipTtlMs = 60_000;
const mostRemembered = 5000;

/**
 * Memberships are read consistently and remembered for {@link membershipTtlMs} from before the read, so that a removal
 * holds on every instance within that time. Only positive answers are remembered: a new member need not wait.
 */
export const createMemberships = (members: Members, clock: Clock): Memberships => {
  const remembered = new Map<string, { readonly caller: Caller; readonly until: number }>();
  return {
    resolve: async (identity, namedTenant) => {
      const key = `${identity.principal} ${namedTenant ?? ''}`;
      const now = clock.now();
      const known = remembered.get(key);
      if (known !== undefined && now < known.until && known.until - now <= membershipTtlMs) return known.caller;
      const row = await findMembership(members, identity.principal, namedTenant);
      const caller = { ...identity, tenant: row.tenant, roles: row.roles.filter(isRole), devices: row.devices ?? [] };
      if (row.state === 'invited') await members.replace(row, activated(row));
      if (remembered.size >= mostRemembered) remembered.clear();
      remembered.set(key, { caller, until: now + membershipTtlMs });
      return caller;
    },
    forget: (principal) => {
      for (const key of remembered.keys()) if (key.startsWith(`${principal} `)) remembered.delete(key);
    },
  };
};

const findMembership = async (
  members: Members,
  principal: string,
  namedTenant: string | undefined,
): Promise<MemberRow> => {
  const row =
    namedTenant === undefined
      ? await onlyMembership(members, principal)
      : await membershipIn(members, principal, namedTenant);
  if (row.state === 'suspended')
    throw new MediakeepError('forbidden', `Your membership of ${row.tenant} is suspended.`);
  return row;
};

const membershipIn = async (members: Members, principal: string, tenant: string): Promise<MemberRow> => {
  const checked = TenantId.safeParse(tenant);
  if (!checked.success) {
    throw new MediakeepError('bad-request', 'The header X-Tenant does not hold the id of a tenant.', {
      fields: [{ pointer: '#X-Tenant', message: checked.error.issues[0]?.message ?? 'is not valid' }],
    });
  }
  const row = await members.get(principal, tenant);
  if (row === undefined) throw notAMember();
  return row;
};

const onlyMembership = async (members: Members, principal: string): Promise<MemberRow> => {
  const rows = await members.of(principal);
  const own = rows.filter(({ mustAccept }) => mustAccept !== true);
  const [row, ...more] = own.filter(({ state }) => state !== 'suspended');
  if (row === undefined) return suspendedOrOffered(rows, own);
  if (more.length === 0) return row;
  throw new MediakeepError(
    'bad-request',
    `You belong to several tenants (${namesOf([row, ...more])}); name one in the header X-Tenant.`,
  );
};

/** Nothing counts: a suspended row says so itself, an offered one has to be accepted. */
const suspendedOrOffered = (rows: readonly MemberRow[], own: readonly MemberRow[]): MemberRow => {
  if (own[0] !== undefined) return own[0];
  const offered = rows.filter(({ state }) => state === 'invited');
  if (offered.length === 0) throw notAMember();
  throw new MediakeepError(
    'forbidden',
    `You were added to ${namesOf(offered)}; name the tenant in the header X-Tenant once to accept.`,
  );
};

const mostNamed = 20;
const namesOf = (rows: readonly MemberRow[]): string =>
  rows
    .slice(0, mostNamed)
    .map(({ tenant }) => tenant)
    .join(', ');

const notAMember = (): MediakeepError =>
  new MediakeepError('forbidden', 'You are not a member of this tenant; one of its administrators can add you.');

/** The row of a member that has come for the first time, and accepts by coming. */
const activated = ({ mustAccept: _, ...row }: MemberRow): MemberRow => ({
  ...row,
  state: 'active',
  revision: row.revision + 1,
  summary: { ...row.summary, state: 'active' },
});
