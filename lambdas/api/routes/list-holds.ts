import { HoldPage, ListHolds } from '../../../core/schemas/hold.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';
import { toHold } from '../retention/hold-shape.ts';

/** The holds of the tenant. */
export const listHolds = endpoint({
  operation: 'listHolds',
  summary: 'List legal holds',
  description:
    'Those that are in force or in the grace after their release, newest first. With `scope` and `id` every hold of that scope, ended ones included.',
  shapes: { query: ListHolds },
  answers: { 200: HoldPage },
  run: async ({ query: { scope, id, limit, cursor }, caller }, services) => {
    if (scope !== undefined && id !== undefined) {
      const rows = await services.retention.holdsOf(caller.tenant, scope, id);
      return { status: 200, body: { items: rows.map(({ summary }) => toHold(summary)) } };
    }
    const page = { operation: 'listHolds', caller, query: {} };
    const position = await openCursor(cursor, page, services);
    const { items, next } = await services.holds.list(caller.tenant, limit, position);
    const shown = items.map((summary) => toHold(summary));
    return { status: 200, body: await pageBody({ items: shown, next }, page, services) };
  },
});
