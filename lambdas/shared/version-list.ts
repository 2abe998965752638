import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, type S3Client } from '@aws-sdk/client-s3';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { isoTime } from '../../core/time.ts';
import { namedFailure } from './aws-failure.ts';

/** Every version and delete marker of exactly this key, newest first. */
export const listVersions = async (s3: S3Client, bucket: string, key: string): Promise<readonly VersionEntry[]> => {
  const versions: VersionEntry[] = [];
  let after: { KeyMarker?: string; VersionIdMarker?: string } = {};
  for (;;) {
    const page = await listPage(s3, bucket, key, after);
    versions.push(...entriesOf(page, key));
    const next = nextPage(page, key);
    if (next === undefined) return versions;
    if (next.KeyMarker === after.KeyMarker && next.VersionIdMarker === after.VersionIdMarker) {
      throw new Error('ListObjectVersions answered with the place at which it had begun.');
    }
    after = next;
  }
};

const listPage = async (
  s3: S3Client,
  bucket: string,
  key: string,
  after: { KeyMarker?: string; VersionIdMarker?: string },
): Promise<ListObjectVersionsCommandOutput> => {
  try {
    return await s3.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: key, EncodingType: 'url', ...after }));
  } catch (error) {
    throw namedFailure(error, 'ListObjectVersions');
  }
};

/** Keys that begin with this one come after it, so the list may end as soon as it has left the key. */
const nextPage = (
  page: ListObjectVersionsCommandOutput,
  key: string,
): { KeyMarker: string; VersionIdMarker?: string } | undefined => {
  if (page.IsTruncated !== true || page.NextKeyMarker === undefined) return undefined;
  const KeyMarker = decodeKey(page.NextKeyMarker);
  if (KeyMarker !== key) return undefined;
  return {
    KeyMarker,
    ...(page.NextVersionIdMarker === undefined ? {} : { VersionIdMarker: page.NextVersionIdMarker }),
  };
};

interface Listed {
  readonly entry: VersionEntry;
  readonly time: number;
  readonly latest: boolean;
}

/**
 * The SDK gives versions and markers as two lists, each newest first, so their common order has to be found again: by time,
 * the latest first; at the same time a marker comes above a version, because a marker is put on what is there.
 */
export const entriesOf = (
  page: Pick<ListObjectVersionsCommandOutput, 'Versions' | 'DeleteMarkers'>,
  key: string,
): VersionEntry[] => {
  const markers = (page.DeleteMarkers ?? []).filter((item) => decodeKey(item.Key ?? '') === key).map(markerOf);
  const contents = (page.Versions ?? []).filter((item) => decodeKey(item.Key ?? '') === key).map(contentOf);
  const merged: VersionEntry[] = [];
  while (markers.length > 0 || contents.length > 0) {
    const next = isAbove(contents[0], markers[0]) ? contents.shift() : markers.shift();
    if (next !== undefined) merged.push(next.entry);
  }
  return merged;
};

const isAbove = (content: Listed | undefined, marker: Listed | undefined): boolean => {
  if (content === undefined || marker === undefined) return content !== undefined;
  if (content.latest || marker.latest) return content.latest;
  return content.time > marker.time;
};

const markerOf = (item: NonNullable<ListObjectVersionsCommandOutput['DeleteMarkers']>[number]): Listed => ({
  entry: { versionId: item.VersionId ?? 'null', at: wholeSeconds(item.LastModified), marker: true },
  time: item.LastModified?.getTime() ?? 0,
  latest: item.IsLatest === true,
});

const contentOf = (item: NonNullable<ListObjectVersionsCommandOutput['Versions']>[number]): Listed => ({
  entry: {
    versionId: item.VersionId ?? 'null',
    at: wholeSeconds(item.LastModified),
    marker: false,
    bytes: item.Size ?? 0,
    etag: item.ETag ?? '',
    storageClass: item.StorageClass ?? 'STANDARD',
  },
  time: item.LastModified?.getTime() ?? 0,
  latest: item.IsLatest === true,
});

/** Undoes the URL encoding in which a list was asked for. */
export const decodeKey = (encoded: string): string => decodeURIComponent(encoded.replaceAll('+', ' '));

/** A HEAD tells whole seconds; what a list tells is cut to the same, so that both make the same row. */
export const wholeSeconds = (time: Date | undefined): string =>
  isoTime(Math.floor((time?.getTime() ?? 0) / 1000) * 1000);
