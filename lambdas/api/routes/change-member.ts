import { ChangeMember, Member, MemberPath } from '../../../core/schemas/member.ts';
import { endpoint } from '../endpoint.ts';
import { findMember, replaceMember } from '../members/replace.ts';
import { memberRow, toMember } from '../members/row.ts';

/** Changes roles, state or devices of a member; it holds everywhere within a minute. */
export const changeMember = endpoint({
  operation: 'changeMember',
  summary: 'Change a member',
  description: 'Holds everywhere within 60 seconds. The last active administrator stays one.',
  shapes: { path: MemberPath, body: ChangeMember },
  answers: { 200: Member },
  errors: ['not-found', 'conflict', 'unprocessable'],
  run: async ({ path: { principal }, body, caller }, services) => {
    const current = await findMember(services.members, principal, caller.tenant);
    const { roles = current.roles, state = current.state, devices = current.devices } = body;
    const next = memberRow({
      tenant: current.tenant,
      principal,
      roles,
      state,
      ...(devices === undefined ? {} : { devices }),
      createdAt: current.createdAt,
      createdBy: current.createdBy,
      revision: current.revision + 1,
    });
    await replaceMember(current, next, services);
    return { status: 200, body: toMember(next) };
  },
});
