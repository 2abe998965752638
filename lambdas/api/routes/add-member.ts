import * as z from 'zod';
import { MediakeepError } from '../../../core/error.ts';
import { AddMember, Member } from '../../../core/schemas/member.ts';
import { isoTime } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { IdempotencyHeaders, once } from '../idempotency.ts';
import { memberRow, toMember } from '../members/row.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';

const Decision = z.object({ principal: z.string(), createdAt: z.string() });

/** Gives somebody rights in the tenant; a person is invited to the user pool by e-mail. */
export const addMember = endpoint({
  operation: 'addMember',
  summary: 'Add a member',
  description:
    'A person by `email`, who is invited and chooses a password at the first sign-in, or anybody who can sign in already by `principal`: a machine’s `client_id`, a user’s `sub`.',
  shapes: { body: AddMember, headers: IdempotencyHeaders },
  answers: { 201: Member },
  errors: ['conflict', 'idempotency-mismatch'],
  run: async ({ body, headers, caller }, services) => {
    const { roles, devices } = body;
    const rowOf = ({ principal, createdAt }: z.infer<typeof Decision>) =>
      memberRow({
        tenant: caller.tenant,
        principal,
        roles,
        state: body.email === undefined ? 'active' : 'invited',
        ...(devices === undefined ? {} : { devices }),
        createdAt,
        createdBy: caller.principal,
        revision: 1,
      });
    const request = { key: headers['idempotency-key'], operation: 'addMember', body, outcome: Decision };
    const decided = await once(request, caller, services, async () => {
      const decision = { principal: await principalOf(body, services), createdAt: isoTime(services.clock.now()) };
      if (!(await services.members.add(rowOf(decision)))) throw isMemberAlready(decision.principal, caller);
      return decision;
    });
    services.memberships.forget(decided.principal);
    return { status: 201, body: toMember(rowOf(decided)) };
  },
});

const principalOf = async ({ email, principal }: AddMember, { users }: Services): Promise<string> => {
  if (principal !== undefined) return principal;
  const { sub } = await users.invite(email ?? '');
  return sub;
};

const isMemberAlready = (principal: string, { tenant }: Caller): MediakeepError =>
  new MediakeepError(
    'conflict',
    `${principal} is a member of ${tenant} already; change it with PATCH /members/${principal}.`,
  );
