import { Asset, AssetQuestions } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
import { copyOf } from '../assets/copy-of.ts';
import { assetEtag } from '../assets/etag.ts';
import { findAsset } from '../assets/find.ts';
import { toAsset } from '../assets/shape.ts';
import { endpoint } from '../endpoint.ts';
import { decided } from '../retention/decided.ts';
import { withRetention } from '../retention/with-retention.ts';

/** Everything that the catalog knows of an asset. */
export const getAsset = endpoint({
  operation: 'getAsset',
  summary: 'Read an asset',
  description:
    'The `ETag` goes into `If-Match` of a change. With `?replication` both regions are asked where the copy stands.',
  shapes: { path: AssetPath, query: AssetQuestions },
  answers: { 200: Asset },
  errors: ['not-found', 'gone'],
  run: async ({ path, query, caller }, services) => {
    const row = await findAsset(path.assetId, 'getAsset', caller, services);
    const asset = withRetention(toAsset(row), await decided(row, services));
    return {
      status: 200,
      body: query.replication === undefined ? asset : { ...asset, ...(await copyOf(row, services)) },
      headers: { etag: assetEtag(row) },
    };
  },
});
