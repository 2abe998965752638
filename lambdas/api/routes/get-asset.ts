import { Asset } from '../../../core/schemas/asset.ts';
import { AssetPath } from '../../../core/schemas/primitives.ts';
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
  description: 'The `ETag` goes into `If-Match` of a change.',
  shapes: { path: AssetPath },
  answers: { 200: Asset },
  errors: ['not-found', 'gone'],
  run: async ({ path, caller }, services) => {
    const row = await findAsset(path.assetId, 'getAsset', caller, services);
    return {
      status: 200,
      body: withRetention(toAsset(row), await decided(row, services)),
      headers: { etag: assetEtag(row) },
    };
  },
});
