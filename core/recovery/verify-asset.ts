import type { AssetRow } from '../catalog/asset-row.ts';

/** What is wrong with an asset after its recovery. */
export type AssetProblem = 'row-missing' | 'not-stored' | 'size-differs' | 'content-differs' | 'attributes-differ';

/** Compares the row of the instant with the one that stands now; the version may be another one, the content may not. */
export const verifyAsset = (then: AssetRow, now: AssetRow | undefined): AssetProblem | undefined => {
  if (now === undefined) return 'row-missing';
  if (now.summary.state === 'gone' || (now.summary.state === 'deleted' && !isDeleted(then))) return 'not-stored';
  if (now.summary.bytes !== then.summary.bytes) return 'size-differs';
  if (!isSameContent(then, now)) return 'content-differs';
  const attributes = ({ summary }: AssetRow): string => JSON.stringify(sorted(summary.attributes));
  return attributes(now) === attributes(then) ? undefined : 'attributes-differ';
};

/** What was deleted softly may have been undeleted since: the content counts. */
const isDeleted = ({ summary }: AssetRow): boolean => summary.state === 'deleted';

/** By the digest where both know one, else by the checksum of the whole, else by the version itself. */
const isSameContent = (then: AssetRow, now: AssetRow): boolean => {
  const [was, is] = [then.summary.sha256, now.summary.sha256];
  if (was !== undefined && is !== undefined) return was === is;
  const [before, after] = [then.detail.checksum, now.detail.checksum];
  if (before !== undefined && after !== undefined) {
    return before.algorithm === after.algorithm && before.value === after.value;
  }
  return then.detail.currentVersionId === now.detail.currentVersionId;
};

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
};

/** Of every so many assets one is read again, byte by byte; which one follows from its id alone, so that repeats agree. */
const sampleOneIn = 50;

/** True for an asset whose content is read again: each, or one in fifty. */
export const isReread = (verify: 'sample' | 'all', assetId: string): boolean => {
  if (verify === 'all') return true;
  let sum = 0;
  for (let index = assetId.length - 6; index < assetId.length; index++) sum = sum * 31 + assetId.charCodeAt(index);
  return sum % sampleOneIn === 0;
};
