import type { MemberRow } from '../../../core/catalog/asset-row.ts';
import { ChangeMember, Member, MemberPath } from '../../../core/schemas/member.ts';
import { endpoint } from '../endpoint.ts';
import { findMember, replaceMember } from '../members/replace.ts';
import { memberRow, toMember } from '../members/row.ts';

/** Changes roles, state or devices of a member; it holds everywhere within a minute. */
export const changeMember = endpoint({
  operation: 'changeMember',
  summary: 'Change a member',
  description:
    'Holds everywhere within 60 seconds. The last active administrator stays one; who has not accepted yet stays invited.',
  shapes: { path: MemberPath, body: ChangeMember },
  answers: { 200: Member },
  errors: ['not-found', 'conflict', 'unprocessable'],
  run: async ({ path: { principal }, body, caller }, services) => {
    const current = await findMember(services.members, principal, caller.tenant);
    const { roles = current.roles, devices = current.devices } = body;
    const { mustAccept } = current;
    const next = memberRow({
      tenant: current.tenant,
      principal,
      roles,
      state: stateAfter(current, body.state),
      ...(mustAccept === undefined ? {} : { mustAccept }),
      ...(devices === undefined ? {} : { devices }),
      createdAt: current.createdAt,
      createdBy: current.createdBy,
      revision: current.revision + 1,
    });
    await replaceMember(current, next, services);
    return { status: 200, body: toMember(next) };
  },
});

/** Only the member can accept: what an administrator makes active again is an invitation still. */
const stateAfter = ({ state, mustAccept }: MemberRow, asked: MemberRow['state'] = state): MemberRow['state'] =>
  asked === 'active' && mustAccept === true ? 'invited' : asked;
