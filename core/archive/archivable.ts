import type { AssetSummary } from '../catalog/asset-row.ts';
import { isColder, leastArchivedBytes } from './archive-class.ts';

/** True where a job can send the asset to the class: large enough, in no pack, and not there or colder already. */
export const isArchivable = (
  { bytes, packId, storageClass = 'STANDARD' }: Pick<AssetSummary, 'bytes' | 'packId' | 'storageClass'>,
  target: string,
): boolean => bytes > leastArchivedBytes && packId === undefined && isColder(storageClass, target);
