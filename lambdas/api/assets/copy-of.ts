import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import type { AssetCopy } from '../../../core/schemas/asset.ts';
import type { Services } from '../services.ts';

/** The copy of what holds the asset's content: its own object, or the pack. Nothing, where there is no content. */
export const copyOf = async (
  { detail }: AssetRow,
  { copies }: Pick<Services, 'copies'>,
): Promise<{ readonly copy?: AssetCopy }> => {
  const { pack, key, currentVersionId } = detail;
  if (pack !== undefined) return { copy: await copies.look(pack.key, pack.versionId) };
  return currentVersionId === undefined ? {} : { copy: await copies.look(key, currentVersionId) };
};
