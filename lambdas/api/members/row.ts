import { isRole } from '../../../core/authorization/roles.ts';
import type { MemberRow } from '../../../core/catalog/asset-row.ts';
import { memberKey, membersPartition } from '../../../core/catalog/keys.ts';
import type { Member } from '../../../core/schemas/member.ts';

/** What a membership row says besides what follows from it. */
export type Membership = Pick<
  MemberRow,
  | 'tenant'
  | 'principal'
  | 'roles'
  | 'state'
  | 'mustAccept'
  | 'request'
  | 'devices'
  | 'createdAt'
  | 'createdBy'
  | 'revision'
>;

/** The row of a membership, with its keys and the summary that the list of members shows. */
export const memberRow = (membership: Membership): MemberRow => {
  const { tenant, principal, roles, state } = membership;
  return {
    ...memberKey(principal, tenant),
    ...membership,
    kind: 'member',
    g1pk: membersPartition(tenant),
    g1sk: principal,
    summary: { principal, roles, state },
  };
};

/** A row as the API shows it. */
export const toMember = ({ principal, tenant, roles, state, devices, createdAt, createdBy }: MemberRow): Member => ({
  principal,
  tenant,
  roles: roles.filter(isRole),
  state,
  ...(devices === undefined ? {} : { devices: [...devices] }),
  createdAt,
  createdBy,
});
