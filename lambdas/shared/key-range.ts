import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { compareKeys } from '../../core/compare/key-order.ts';
import { namedFailure } from './aws-failure.ts';
import { decodeKey, entriesOf, listVersions } from './version-list.ts';

/** A key with everything that lies under it, newest first. */
export interface ListedKey {
  readonly key: string;
  readonly versions: readonly VersionEntry[];
}

/** A stretch of a bucket in the order of its keys; no key is in it by half. */
export interface KeyRange {
  readonly keys: readonly ListedKey[];
  /** The last key that the stretch knows all about; absent where it reaches to the end. */
  readonly through?: string;
}

export interface RangeStart {
  readonly prefix: string;
  /** The key after which the stretch begins. @default the first of the prefix */
  readonly after?: string | undefined;
}

/** S3 lists so many versions at a time. */
const mostVersions = 1000;

/** Lists the next stretch: one request, and more only for a key that has more versions than one answer holds. */
export const listRange = async (s3: S3Client, bucket: string, { prefix, after }: RangeStart): Promise<KeyRange> => {
  const page = await listPage(s3, bucket, { prefix, after });
  const keys = keysOf(page);
  if (page.IsTruncated !== true) return { keys };
  const last = keys.at(-1);
  if (last === undefined) throw new Error('ListObjectVersions answered that there is more, and with nothing.');
  if (keys.length > 1) return { keys: keys.slice(0, -1), through: keys.at(-2)?.key ?? '' };
  return { keys: [{ key: last.key, versions: await listVersions(s3, bucket, last.key) }], through: last.key };
};

const listPage = async (
  s3: S3Client,
  bucket: string,
  { prefix, after }: RangeStart,
): Promise<ListObjectVersionsCommandOutput> => {
  try {
    const page = await s3.send(
      new ListObjectVersionsCommand({
        Bucket: bucket,
        Prefix: prefix,
        EncodingType: 'url',
        MaxKeys: mostVersions,
        ...(after === undefined ? {} : { KeyMarker: after }),
      }),
    );
    requireProgress(page, after);
    return page;
  } catch (error) {
    throw namedFailure(error, 'ListObjectVersions');
  }
};

/** A listing that answers keys of before its marker would be gone through for ever. */
const requireProgress = (page: ListObjectVersionsCommandOutput, after: string | undefined): void => {
  if (after === undefined) return;
  const first = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key = '' }) => decodeKey(Key));
  if (first.every((key) => compareKeys(after, key) < 0)) return;
  throw new Error('ListObjectVersions answered with the place at which it had begun.');
};

const keysOf = (page: ListObjectVersionsCommandOutput): ListedKey[] => {
  const versions = Map.groupBy(page.Versions ?? [], ({ Key = '' }) => decodeKey(Key));
  const markers = Map.groupBy(page.DeleteMarkers ?? [], ({ Key = '' }) => decodeKey(Key));
  return [...new Set([...versions.keys(), ...markers.keys()])].sort(compareKeys).map((key) => ({
    key,
    versions: entriesOf({ Versions: versions.get(key) ?? [], DeleteMarkers: markers.get(key) ?? [] }, key),
  }));
};

/** The stretch that both listings know all about. */
export const sharedRange = (
  a: KeyRange,
  b: KeyRange,
): { readonly a: readonly ListedKey[]; readonly b: readonly ListedKey[]; readonly through?: string } => {
  const ends = [a.through, b.through].filter((end) => end !== undefined).sort(compareKeys);
  const through = ends[0];
  if (through === undefined) return { a: a.keys, b: b.keys };
  const within = ({ key }: ListedKey): boolean => compareKeys(key, through) <= 0;
  return { a: a.keys.filter(within), b: b.keys.filter(within), through };
};
