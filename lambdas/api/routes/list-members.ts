import { PageQuery } from '../../../core/schemas/asset-query.ts';
import { MemberPage } from '../../../core/schemas/member.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';

/** Who belongs to the tenant. */
export const listMembers = endpoint({
  operation: 'listMembers',
  summary: 'List members',
  shapes: { query: PageQuery },
  answers: { 200: MemberPage },
  run: async ({ query: { limit, cursor }, caller }, services) => {
    const scope = { operation: 'listMembers', caller, query: {} };
    const position = await openCursor(cursor, scope, services);
    const page = await services.members.list(caller.tenant, limit, position);
    return { status: 200, body: await pageBody(page, scope, services) };
  },
});
