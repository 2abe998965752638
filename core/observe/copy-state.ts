import type { AssetRow, CopyException } from '../catalog/asset-row.ts';
import type { VersionHead } from './ports.ts';

/** What an event of replication said that no HEAD can say: how S3 judges the time of a copy that is not there yet. */
export type CopyNews = 'late' | 'untracked';

const newsOf: Readonly<Record<string, CopyNews>> = {
  'Replication:OperationMissedThreshold': 'late',
  'Replication:OperationNotTracked': 'untracked',
};

/** The news in an event; a failure or a late success are seen on the object itself. */
export const copyNewsOf = (eventName: string): CopyNews | undefined => newsOf[eventName];

/**
 * What is out of the ordinary about the copy of the current version. The object's own word comes first: what is copied is
 * copied, and what failed has failed, whatever was heard before. Only of a copy that is still to come the news counts, or what
 * was known of the same version. A copy that comes in time is announced to nobody, so that nothing is kept of it.
 */
export const copyExceptionOf = (
  head: VersionHead,
  news: CopyNews | undefined,
  previous: AssetRow | undefined,
): CopyException | undefined => {
  if (head.replication === 'failed') return 'failed';
  if (head.replication !== 'pending') return undefined;
  if (news !== undefined) return news;
  const known = previous?.detail.currentVersionId === head.versionId ? previous.detail.replication : undefined;
  return known === 'failed' ? undefined : known;
};
