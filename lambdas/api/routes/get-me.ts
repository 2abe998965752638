import { Me } from '../../../core/schemas/member.ts';
import { endpoint } from '../endpoint.ts';

/** Who the caller is here, and as what. */
export const getMe = endpoint({
  operation: 'getMe',
  summary: 'Who am I',
  shapes: {},
  answers: { 200: Me },
  run: async ({ caller: { principal, kind, tenant, roles, devices } }) => ({
    status: 200,
    body: { principal, kind, tenant, roles, devices },
  }),
});
