import { MemberPath } from '../../../core/schemas/member.ts';
import { endpoint } from '../endpoint.ts';
import { findMember, replaceMember } from '../members/replace.ts';

/** Takes all rights in the tenant from a member; gone everywhere within a minute. */
export const removeMember = endpoint({
  operation: 'removeMember',
  summary: 'Remove a member',
  description: 'Gone everywhere within 60 seconds. The last active administrator cannot be removed.',
  shapes: { path: MemberPath },
  answers: { 204: undefined },
  errors: ['not-found', 'conflict', 'unprocessable'],
  run: async ({ path: { principal }, caller }, services) => {
    const current = await findMember(services.members, principal, caller.tenant);
    await replaceMember(current, undefined, services);
    return { status: 204 };
  },
});
