import * as z from 'zod';
import type { VersionEntry } from '../../../core/catalog/asset-row.ts';
import { VersionPage } from '../../../core/schemas/asset.ts';
import { Cursor } from '../../../core/schemas/asset-query.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { findAsset } from '../assets/find.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';
import type { Page } from '../ports.ts';

/** Marks the end of the versions that the asset's row holds; the older ones follow in pages. */
const afterRow = { after: 'row' };

/** Every S3 version and delete marker of an asset, newest first. */
export const listVersions = endpoint({
  operation: 'listVersions',
  summary: 'Versions of an asset',
  description: 'Newest first, delete markers included; up to 200 on a page.',
  shapes: { path: AssetPath, query: z.strictObject({ cursor: Cursor.optional() }) },
  answers: { 200: VersionPage },
  errors: ['not-found', 'gone'],
  run: async ({ path: { assetId }, query, caller }, services) => {
    const scope = { operation: 'listVersions', caller, query: { assetId } };
    const position = await openCursor(query.cursor, scope, services);
    const row = await findAsset(assetId, 'listVersions', caller, services);
    const more = row.versionCount > row.versions.length ? afterRow : undefined;
    const page: Page<VersionEntry> =
      position === undefined
        ? { items: row.versions, next: more }
        : await services.catalog.olderVersions(caller.tenant, assetId, 'pk' in position ? position : undefined);
    return { status: 200, body: await pageBody(page, scope, services) };
  },
});
