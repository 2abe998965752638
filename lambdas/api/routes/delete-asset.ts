import { AssetStateAnswer } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { assetEtag, expectMatch, IfMatchHeaders } from '../assets/etag.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { expectDeletable } from '../retention/decided.ts';

/** Puts a delete marker over an asset; the bytes stay and undelete brings them back. */
export const deleteAsset = endpoint({
  operation: 'deleteAsset',
  summary: 'Delete an asset',
  description:
    'Soft: a delete marker hides it, and undelete brings it back as long as its versions are kept. Safe to repeat.',
  shapes: { path: AssetPath, headers: IfMatchHeaders },
  answers: { 200: AssetStateAnswer },
  errors: ['not-found', 'gone', 'precondition-failed', 'unprocessable'],
  run: async ({ path: { assetId }, headers, caller }, services) => {
    const row = await findAsset(assetId, 'deleteAsset', caller, services);
    if (headers['if-match'] !== undefined) expectMatch(headers['if-match'], assetEtag(row));
    if (row.summary.state === 'deleted')
      return { status: 200, body: deletedAnswer(assetId, row.versions[0]?.versionId) };
    await expectDeletable(row, services);
    return { status: 200, body: deletedAnswer(assetId, await services.vault.delete(row.detail.key)) };
  },
});

const deletedAnswer = (assetId: string, markerVersionId: string | undefined): AssetStateAnswer => ({
  assetId,
  state: 'deleted',
  ...(markerVersionId === undefined ? {} : { markerVersionId }),
});
