import type { MemberRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { Members, Position } from '../ports.ts';
import type { Services } from '../services.ts';

/** The member of that name; throws `not-found`. */
export const findMember = async (members: Members, principal: string, tenant: string): Promise<MemberRow> => {
  const row = await members.get(principal, tenant);
  if (row === undefined) throw new MediakeepError('not-found', 'There is no such member in this tenant.');
  return row;
};

/**
 * Replaces or removes a membership. Where it takes an administrator's rights away, another administrator has to be there
 * and stay there: the change rests on that one's row too, so that two who remove each other cannot both succeed.
 */
export const replaceMember = async (
  current: MemberRow,
  next: MemberRow | undefined,
  { members, memberships }: Pick<Services, 'members' | 'memberships'>,
): Promise<void> => {
  const losesAdmin = isActiveAdmin(current) && (next === undefined || !isActiveAdmin(next));
  const witness = losesAdmin ? await otherAdmin(members, current) : undefined;
  const replaced = await members.replace(current, next, witness);
  memberships.forget(current.principal);
  if (!replaced) {
    throw new MediakeepError('conflict', 'Somebody else changed the members at the same time; look again and repeat.');
  }
};

const isActiveAdmin = ({ roles, state }: Pick<MemberRow, 'roles' | 'state'>): boolean =>
  roles.includes('admin') && state !== 'suspended';

const otherAdmin = async (members: Members, { tenant, principal }: MemberRow): Promise<string> => {
  let position: Position | undefined;
  do {
    const page = await members.list(tenant, 200, position);
    const found = page.items.find(
      (member) => member.principal !== principal && member.roles.includes('admin') && member.state === 'active',
    );
    if (found !== undefined) return found.principal;
    position = page.next;
  } while (position !== undefined);
  throw new MediakeepError(
    'unprocessable',
    'This is the last active administrator of the tenant; make somebody else one first.',
  );
};
