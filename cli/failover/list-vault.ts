import { ListObjectVersionsCommand, type ListObjectVersionsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { compareKeys } from '../../core/compare/key-order.ts';
import type { AwsSettings } from '../operator/operator-target.ts';

/** One version of a vault, or a delete marker. */
export interface ListedVersion {
  readonly versionId: string;
  readonly marker: boolean;
  readonly bytes: number;
  /** ISO time. */
  readonly at: string;
  readonly latest: boolean;
}

/** A key with everything under it. */
export interface ListedKey {
  readonly key: string;
  readonly versions: readonly ListedVersion[];
}

/** Lists a vault in the order of its keys, page by page; no key is split between two pages. */
export async function* listVault(aws: AwsSettings, bucket: string): AsyncGenerator<readonly ListedKey[]> {
  const client = new S3Client(aws);
  let open: ListedKey | undefined;
  try {
    for await (const page of pages(client, bucket)) {
      const whole = joinOpen(open, keysOf(page));
      open = whole.at(-1);
      yield whole.slice(0, -1);
    }
    if (open !== undefined) yield [open];
  } finally {
    client.destroy();
  }
}

async function* pages(client: S3Client, Bucket: string): AsyncGenerator<ListObjectVersionsCommandOutput> {
  let place: { KeyMarker?: string | undefined; VersionIdMarker?: string | undefined } = {};
  for (;;) {
    const page = await client.send(new ListObjectVersionsCommand({ Bucket, ...place }));
    yield page;
    if (page.IsTruncated !== true) return;
    place = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
}

const keysOf = ({ Versions = [], DeleteMarkers = [] }: ListObjectVersionsCommandOutput): readonly ListedKey[] => {
  const entries = [...Versions, ...DeleteMarkers.map((marker) => ({ ...marker, marker: true }))];
  return [...Map.groupBy(entries, ({ Key = '' }) => Key)]
    .map(([key, listed]) => ({ key, versions: listed.map(toVersion) }))
    .sort((a, b) => compareKeys(a.key, b.key));
};

/** The last key of a page may go on in the next. */
const joinOpen = (open: ListedKey | undefined, keys: readonly ListedKey[]): readonly ListedKey[] => {
  const [first, ...rest] = keys;
  if (open === undefined) return keys;
  if (first?.key !== open.key) return [open, ...keys];
  return [{ key: open.key, versions: [...open.versions, ...first.versions] }, ...rest];
};

interface Entry {
  readonly VersionId?: string | undefined;
  readonly Size?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly IsLatest?: boolean | undefined;
  readonly marker?: boolean;
}

const toVersion = ({ VersionId = '', Size = 0, LastModified, IsLatest, marker = false }: Entry): ListedVersion => ({
  versionId: VersionId,
  marker,
  bytes: Size,
  at: LastModified?.toISOString() ?? '',
  latest: IsLatest === true,
});
