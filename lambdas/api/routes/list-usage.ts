import { PageQuery } from '../../../core/schemas/asset-query.ts';
import { UsagePage } from '../../../core/schemas/stats.ts';
import { numberIn, plainSegment } from '../../../core/statistics/class-count-row.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';

/** What each uploader keeps. */
export const listUsage = endpoint({
  operation: 'listUsage',
  summary: 'Statistics by uploader',
  description: 'Assets and bytes of each uploader, current versions of stored assets alone, in the order of their ids.',
  shapes: { query: PageQuery },
  answers: { 200: UsagePage },
  run: async ({ query: { limit, cursor }, caller }, services) => {
    const scope = { operation: 'listUsage', caller, query: {} };
    const position = await openCursor(cursor, scope, services);
    const page = await services.statistics.usage(caller.tenant, limit, position);
    const items = page.items
      .map((row) => ({
        uploader: plainSegment(row.sk),
        assets: numberIn(row, 'assets'),
        bytes: numberIn(row, 'bytes'),
      }))
      .filter(({ assets }) => assets > 0);
    return { status: 200, body: await pageBody({ items, next: page.next }, scope, services) };
  },
});
