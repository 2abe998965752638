import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { AssetStateAnswer } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { isoTime } from '../../../core/time.ts';
import { assetEtag, expectMatch, IfMatchHeaders } from '../assets/etag.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import { expectDeletable } from '../retention/decided.ts';
import type { Services } from '../services.ts';

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
    if (row.summary.state === 'deleted') {
      await hideInPack(row, services);
      return { status: 200, body: deletedAnswer(assetId, row.versions[0]?.versionId) };
    }
    await expectDeletable(row, services);
    const marker = await services.vault.delete(row.detail.key);
    await hideInPack(row, services);
    return { status: 200, body: deletedAnswer(assetId, marker) };
  },
});

const deletedAnswer = (assetId: string, markerVersionId: string | undefined): AssetStateAnswer => ({
  assetId,
  state: 'deleted',
  ...(markerVersionId === undefined ? {} : { markerVersionId }),
});

/**
 * S3 removes a delete marker under which no version lies, so a pack's member needs a word of its own. After the marker, and
 * also where the catalog knows of no pack yet: packing looks for markers after it has said what it holds.
 */
const hideInPack = async (
  { tenant, summary, detail }: AssetRow,
  { classes, packedAssets, clock }: Services,
): Promise<void> => {
  const isPacking = classes.some(({ name, compress }) => name === summary.dataClass && compress !== undefined);
  if (!isPacking && detail.pack === undefined) return;
  await packedAssets.hide(tenant, summary.assetId, isoTime(clock.now()));
};
