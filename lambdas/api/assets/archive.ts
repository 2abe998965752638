import { isColder, leastArchivedBytes } from '../../../core/archive/archive-class.ts';
import type { AssetSummary } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';

/** True where a job can send the asset to the class: large enough, in no pack, and not there or colder already. */
export const isArchivable = (
  summary: Pick<AssetSummary, 'bytes' | 'packId' | 'storageClass'>,
  target: string,
): boolean =>
  summary.bytes > leastArchivedBytes &&
  summary.packId === undefined &&
  isColder(summary.storageClass ?? 'STANDARD', target);

/** Throws `unprocessable` where a job would do nothing with this asset, and says why. */
export const expectArchivable = (summary: AssetSummary, target: string): void => {
  if (isArchivable(summary, target)) return;
  const { bytes, packId, storageClass = 'STANDARD' } = summary;
  const because =
    packId !== undefined
      ? `it is packed with others already (pack ${packId})`
      : bytes <= leastArchivedBytes
        ? `it has ${bytes} bytes, and alone in the archive anything up to ${leastArchivedBytes} costs more than it saves; small objects are packed together when their class says so`
        : `it lies in ${storageClass} already, and objects only move to colder classes than theirs`;
  throw new MediakeepError('unprocessable', `The asset cannot go to ${target}: ${because}.`);
};
