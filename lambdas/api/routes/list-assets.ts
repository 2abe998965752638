import type { DataClass } from '../../../core/data-class.ts';
import { MediakeepError } from '../../../core/error.ts';
import { AssetPage } from '../../../core/schemas/asset.ts';
import { ListAssets } from '../../../core/schemas/asset-query.ts';
import { indexQueryOf } from '../assets/list-query.ts';
import { toItem } from '../assets/shape.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';

/** Lists assets by one of the catalog's patterns; every page is one query. */
export const listAssets = endpoint({
  operation: 'listAssets',
  summary: 'List assets',
  description:
    'By class, uploader, subject, case, language (with intent and variation) or content, newest first unless asked otherwise. Lists follow the catalog within moments; reading an asset by its id is exact.',
  shapes: { query: ListAssets },
  answers: { 200: AssetPage },
  run: async ({ query, caller }, services) => {
    refuseUnknownClass(query.class, services.classes);
    const { limit, cursor, ...listed } = query;
    const scope = { operation: 'listAssets', caller, query: listed };
    const position = await openCursor(cursor, scope, services);
    const request = indexQueryOf(caller.tenant, query);
    const content = { tenant: caller.tenant, sha256: query.sha256 ?? '', bytes: query.bytes ?? 0 };
    const page =
      request === undefined
        ? await services.catalog.byContent(content, limit, position)
        : await services.catalog.summaries(request, limit, position);
    return { status: 200, body: await pageBody({ ...page, items: page.items.map(toItem) }, scope, services) };
  },
});

/** A list that is empty for a misspelt name would look like one of a class with nothing in it. */
const refuseUnknownClass = (name: string | undefined, classes: readonly DataClass[]): void => {
  if (name === undefined || classes.some((known) => known.name === name)) return;
  const message = `must be one of ${classes.map((known) => known.name).join(', ')}`;
  throw new MediakeepError('bad-request', `The query is not valid: #class ${message}.`, {
    fields: [{ pointer: '#class', message }],
  });
};
