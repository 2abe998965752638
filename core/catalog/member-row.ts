import type { MemberRow } from './asset-row.ts';
import { memberKey, membersPartition } from './keys.ts';

/** Makes the row of a new membership. */
export const newMemberRow = (
  member: Pick<MemberRow, 'tenant' | 'principal' | 'roles' | 'state' | 'createdAt' | 'createdBy' | 'devices'>,
): MemberRow => {
  const { tenant, principal, roles, state, devices, ...made } = member;
  return {
    ...memberKey(principal, tenant),
    kind: 'member',
    tenant,
    principal,
    roles,
    state,
    ...(devices && { devices }),
    ...made,
    revision: 1,
    g1pk: membersPartition(tenant),
    g1sk: principal,
    summary: { principal, roles, state },
  };
};
