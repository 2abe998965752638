import * as z from 'zod';
import { MediakeepError } from '../../../core/error.ts';
import { AddMember, Member } from '../../../core/schemas/member.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders, once } from '../idempotency.ts';
import { memberRow, toMember } from '../members/row.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';

const Decision = z.object({ principal: z.string(), createdAt: z.string(), mustAccept: z.boolean() });

/** Gives somebody rights in the tenant; a person is invited to the user pool by e-mail. */
export const addMember = endpoint({
  operation: 'addMember',
  summary: 'Add a member',
  description:
    'A person by `email`, who is invited and chooses a password at the first sign-in, or anybody who can sign in already by `principal`: a machine’s `client_id`, a user’s `sub`. Who could sign in before accepts by the first request that names the tenant in `X-Tenant`; until then the membership counts for nothing.',
  shapes: { body: AddMember, headers: IdempotencyHeaders },
  answers: { 201: Member },
  errors: ['conflict', 'idempotency-mismatch'],
  run: async ({ body, headers, caller }, services) => {
    const { roles, devices } = body;
    const rowOf = ({ principal, createdAt, mustAccept }: z.infer<typeof Decision>, mark?: string) =>
      memberRow({
        tenant: caller.tenant,
        principal,
        roles,
        state: 'invited',
        ...(mustAccept && { mustAccept }),
        ...(mark === undefined ? {} : { request: mark }),
        ...(devices === undefined ? {} : { devices }),
        createdAt,
        createdBy: caller.principal,
        revision: 1,
      });
    const request = { key: headers['idempotency-key'], operation: 'addMember', body, outcome: Decision };
    const decided = await once(request, caller, services, async (mark) => {
      const decision = { ...(await principalOf(body, services)), createdAt: isoTime(services.clock.now()) };
      if (await services.members.add(rowOf(decision, mark))) return decision;
      const there = await services.members.get(decision.principal, caller.tenant);
      if (mark === undefined || there?.request !== mark) throw isMemberAlready(decision.principal, caller);
      return { principal: there.principal, createdAt: there.createdAt, mustAccept: there.mustAccept === true };
    });
    services.memberships.forget(decided.principal);
    return { status: 201, body: toMember(rowOf(decided)) };
  },
});

/** A user who is made together with the membership can have no other one, so that there is nothing to be drawn away from. */
const principalOf = async (
  { email, principal }: AddMember,
  { users }: Services,
): Promise<{ principal: string; mustAccept: boolean }> => {
  if (principal !== undefined) return { principal, mustAccept: true };
  const { sub, invited } = await users.invite(email ?? '');
  return { principal: sub, mustAccept: !invited };
};

const isMemberAlready = (principal: string, { tenant }: Caller): MediakeepError =>
  new MediakeepError(
    'conflict',
    `${principal} is a member of ${tenant} already; change it with PATCH /members/${principal}.`,
  );
