import { isArchivable } from '../../../core/archive/archivable.ts';
import { leastArchivedBytes } from '../../../core/archive/archive-class.ts';
import type { AssetSummary } from '../../../core/catalog/asset-row.ts';
import { MediakeepError } from '../../../core/error.ts';

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
