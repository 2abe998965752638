import type { ListObjectVersionsCommand, ListObjectVersionsCommandOutput, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { listRange, sharedRange } from '../../lambdas/shared/key-range.ts';

interface Item {
  readonly key: string;
  readonly versionId: string;
  readonly marker?: true;
}

/** S3's list of these versions, so many a page; `stuck` answers every page from the beginning. */
const bucketOf = (items: readonly Item[], pageSize: number, stuck = false): S3Client => {
  const send = async ({ input }: ListObjectVersionsCommand): Promise<Partial<ListObjectVersionsCommandOutput>> => {
    const { KeyMarker, VersionIdMarker, Prefix = '' } = input;
    const matching = items.filter(({ key }) => key.startsWith(Prefix));
    const after = matching.findLastIndex(({ key, versionId }) =>
      VersionIdMarker === undefined ? key === KeyMarker : key === KeyMarker && versionId === VersionIdMarker,
    );
    const from = stuck ? 0 : after + 1;
    const page = matching.slice(from, from + pageSize);
    const last = page.at(-1);
    const shown = page.map(({ key, versionId, marker }) => ({
      Key: encodeURIComponent(key),
      VersionId: versionId,
      LastModified: new Date(0),
      ...(marker === undefined && { Size: 1, ETag: '"e"' }),
      isMarker: marker === true,
    }));
    return {
      Versions: shown.filter(({ isMarker }) => !isMarker),
      DeleteMarkers: shown.filter(({ isMarker }) => isMarker),
      IsTruncated: stuck || from + pageSize < matching.length,
      ...(last && { NextKeyMarker: encodeURIComponent(last.key), NextVersionIdMarker: last.versionId }),
    };
  };
  return { send } as unknown as S3Client;
};

const keysOf = async (s3: S3Client, prefix = ''): Promise<Map<string, number>> => {
  const found = new Map<string, number>();
  for (let after: string | undefined, more = true; more; ) {
    const range = await listRange(s3, 'vault', { prefix, after });
    for (const { key, versions } of range.keys) {
      if (found.has(key)) throw new Error(`${key} came twice.`);
      found.set(key, versions.length);
    }
    after = range.through;
    more = after !== undefined;
  }
  return found;
};

describe('a stretch of a bucket', () => {
  const items: readonly Item[] = ['a', 'b/1 +%', 'b/2', 'c'].flatMap((key) =>
    ['v3', 'v2', 'v1'].map((versionId) => ({ key, versionId })),
  );

  it.each([1, 2, 3, 4, 5, 7, 12, 100])('has each key whole and once, with %i versions a page', async (pageSize) => {
    const found = await keysOf(bucketOf(items, pageSize));

    expect([...found]).toEqual([
      ['a', 3],
      ['b/1 +%', 3],
      ['b/2', 3],
      ['c', 3],
    ]);
  });

  it('has a key of 1,001 versions and more whole', async () => {
    const many = Array.from({ length: 2_500 }, (_, index): Item => ({ key: 'many', versionId: `v${9_999 - index}` }));

    const found = await keysOf(
      bucketOf([{ key: 'a', versionId: 'v1' }, ...many, { key: 'z', versionId: 'v1' }], 1_000),
    );

    expect([...found]).toEqual([
      ['a', 1],
      ['many', 2_500],
      ['z', 1],
    ]);
  });

  it('has a key of markers alone', async () => {
    expect([...(await keysOf(bucketOf([{ key: 'gone', versionId: 'm', marker: true }], 10)))]).toEqual([['gone', 1]]);
  });

  it('ends in an error where a list answers the same place twice, instead of never', async () => {
    await expect(keysOf(bucketOf(items, 6, true))).rejects.toThrow('the place at which it had begun');
  });
});

describe('a stretch of two buckets', () => {
  const listed = (...keys: string[]) => keys.map((key) => ({ key, versions: [] }));

  it('reaches as far as both lists know all about', () => {
    const shared = sharedRange({ keys: listed('a', 'b', 'd'), through: 'd' }, { keys: listed('a', 'c'), through: 'c' });

    expect(shared).toEqual({ a: listed('a', 'b'), b: listed('a', 'c'), through: 'c' });
  });

  it('reaches to the end where both do', () => {
    expect(sharedRange({ keys: listed('a') }, { keys: listed('z') })).toEqual({ a: listed('a'), b: listed('z') });
  });
});
