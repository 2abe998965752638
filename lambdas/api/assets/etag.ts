import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';

/** The header of a change that must not overwrite somebody else's. */
export const IfMatchHeaders = z.object({
  'if-match': z
    .string()
    .regex(/^(\*|"[\w-]{1,64}")$/, 'must be the one ETag that the asset answered, in double quotes, or `*`')
    .optional(),
});

/**
 * The ETag of an asset: of its state, its current version and its facts object, as S3 names them, and not of the catalog's
 * revision, so that the answer to a change can name the new one before the catalog has caught up.
 */
export const assetEtag = (row: AssetRow, factsEtag: string | undefined = row.detail.factsEtag): string => {
  const said = [row.summary.state, row.detail.currentVersionId ?? '', (factsEtag ?? '').replaceAll('"', '')];
  return `"${createHash('sha256').update(JSON.stringify(said)).digest('base64url').slice(0, 22)}"`;
};

/** Throws `precondition-failed` where the asset is no longer what the caller saw. */
export const expectMatch = (ifMatch: string, etag: string): void => {
  if (ifMatch === '*' || ifMatch === etag) return;
  throw new MediakeepError(
    'precondition-failed',
    'The asset has changed since you read it; read it again and decide anew.',
  );
};
