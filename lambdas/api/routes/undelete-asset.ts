import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { packedMarkerId } from '../../../core/pack/head.ts';
import { AssetStateAnswer } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { isoTime } from '../../../core/time.ts';
import { findAsset } from '../assets/find.ts';
import { endpoint } from '../endpoint.ts';
import type { Reply } from '../reply.ts';
import { decided } from '../retention/decided.ts';
import type { Services } from '../services.ts';

/** Removes the delete markers that hide an asset. */
export const undeleteAsset = endpoint({
  operation: 'undeleteAsset',
  summary: 'Undelete an asset',
  description: 'Brings back what was there before the deletion. Safe to repeat.',
  shapes: { path: AssetPath },
  answers: { 200: AssetStateAnswer },
  errors: ['not-found', 'gone', 'conflict', 'unprocessable'],
  run: async ({ path: { assetId }, caller }, services) => {
    const row = await findAsset(assetId, 'undeleteAsset', caller, services);
    await expectNotOver(row, services);
    if (row.detail.pack !== undefined) return undeletePacked(row, services);
    const firstContent = row.versions.findIndex(({ marker }) => !marker);
    const hiding = row.summary.state === 'deleted' ? row.versions.slice(0, Math.max(firstContent, 0)) : [];
    for (const { versionId } of hiding) {
      // A marker that is not there any more was removed by somebody else, which is what was asked for.
      if ((await services.undelete(row.detail.key, versionId)) === 'not-a-marker') {
        throw new MediakeepError('conflict', 'The asset has changed at the same time; read it again.');
      }
    }
    const body: AssetStateAnswer = { assetId, state: 'stored' };
    return { status: 200, body };
  },
});

/** What retention ended would be ended again by the next sweep, and stand there unlawfully until then. */
const expectNotOver = async (row: AssetRow, services: Services): Promise<void> => {
  if (row.summary.state !== 'deleted') return;
  const { state, deleteAt } = (await decided(row, services)).decision;
  if (state !== 'due') return;
  throw new MediakeepError(
    'unprocessable',
    `Its time is over since ${isoTime(deleteAt ?? 0)}; GET /assets/${row.summary.assetId}/why says by which rules.`,
  );
};

/**
 * Only a pack holds the content, and S3 may have removed the marker, under which there was nothing. One is put and removed
 * again: S3 then tells the catalog to look.
 */
const undeletePacked = async ({ tenant, summary, detail, versions }: AssetRow, services: Services): Promise<Reply> => {
  const body: AssetStateAnswer = { assetId: summary.assetId, state: 'stored' };
  if (summary.state !== 'deleted') return { status: 200, body };
  if (!(await services.packedAssets.show(tenant, summary.assetId))) {
    throw new MediakeepError('gone', 'The content of this asset has just been removed.');
  }
  const markers = versions.filter(({ marker, versionId }) => marker && versionId !== packedMarkerId);
  const hiding =
    markers.length > 0 ? markers.map(({ versionId }) => versionId) : [await services.vault.delete(detail.key)];
  for (const versionId of hiding) await services.undelete(detail.key, versionId);
  return { status: 200, body };
};
