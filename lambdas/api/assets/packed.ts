import type { AssetRow, VersionEntry } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';
import { memberRange, readMember } from '../../../core/pack/format.ts';
import type { Services } from '../services.ts';
import { archivedProblem } from './download.ts';

/** True for the version of which only a pack holds the content. */
export const isPackedVersion = ({ detail }: AssetRow, { versionId }: VersionEntry): boolean =>
  detail.pack !== undefined && versionId === detail.currentVersionId;

/** How a download is answered. */
export interface LinkForm {
  readonly disposition: string;
  readonly contentType: string;
  readonly expiresInSeconds: number;
}

/**
 * A link to a copy of a packed content. Its range of the pack is read, unpacked and held against the digest; the copy lies in
 * scratch, which forgets it within a day. Throws `archived` where the pack has to be restored first.
 */
export const openPacked = async (row: AssetRow, form: LinkForm, services: Services): Promise<string> => {
  const { tenant, summary } = row;
  const packed = await services.catalog.packed(tenant, summary.assetId);
  if (packed === undefined || packed.erasedAt !== undefined) {
    throw new MediakeepError('gone', 'The content of this asset has just been removed.');
  }
  const { pack, member } = packed;
  const stored = await services.vault.readRange(pack.key, pack.versionId, memberRange(member));
  if (stored === 'archived') throw archivedProblem(summary.assetId, `${pack.storageClass}, pack ${pack.packId}`);
  const key = `opened/${tenant}/${summary.assetId}/${services.newId()}`;
  return services.scratch.open({ key, body: readMember(stored, member), ...form });
};
