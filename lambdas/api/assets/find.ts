import type { GuardedOperation } from '../../../core/authorization/targets.ts';
import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import type { Caller } from '../membership.ts';
import type { Services } from '../services.ts';

/**
 * The asset of the caller's tenant on which this operation is permitted. An id of another tenant is looked up in the
 * caller's own partition, where it is not, so that it costs and says exactly what an unknown id does.
 */
export const findAsset = async (
  assetId: string,
  operation: GuardedOperation,
  caller: Caller,
  { catalog, permits }: Pick<Services, 'catalog' | 'permits'>,
): Promise<AssetRow> => {
  const row = await catalog.asset(caller.tenant, assetId);
  if (row === undefined) throw new MediakeepError('not-found', 'There is no such asset in this tenant.');
  if (row.summary.state === 'gone') {
    throw new MediakeepError('gone', 'No version of this asset is left; it cannot be brought back.');
  }
  const target = { type: 'Asset', tenant: row.tenant, uploader: row.summary.uploader } as const;
  if (!permits(caller, operation, target)) {
    throw new MediakeepError(
      'forbidden',
      'Somebody else uploaded this asset; your roles permit this on your own only.',
    );
  }
  return row;
};

/** Throws `gone` for an asset that is deleted, and says how to bring it back. */
export const expectStored = ({ summary }: AssetRow): void => {
  if (summary.state === 'stored') return;
  const path = `/assets/${summary.assetId}/undelete`;
  throw new MediakeepError('gone', `The asset is deleted; POST ${path} brings it back.`);
};
