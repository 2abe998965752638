import type { ListObjectVersionsCommandInput } from '@aws-sdk/client-s3';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
});
afterAll(() => s3.close());

const put = async (Bucket: string, Key: string, Body = 'x') =>
  (await s3.client.send(new PutObjectCommand({ Bucket, Key, Body }))).VersionId;
const remove = (Bucket: string, Key: string, VersionId?: string) =>
  s3.client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
const read = async (Bucket: string, Key: string, VersionId?: string) =>
  (await s3.client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

/** Every page of a list, as `key:version` in the order in which S3 tells them; markers and versions are told apart. */
const listAll = async (input: ListObjectVersionsCommandInput): Promise<string[]> => {
  const ids: string[] = [];
  let markers: Partial<ListObjectVersionsCommandInput> = {};
  for (;;) {
    const page = await s3.client.send(new ListObjectVersionsCommand({ ...input, ...markers }));
    ids.push(
      ...(page.Versions ?? []).map(({ VersionId }) => VersionId ?? ''),
      ...(page.DeleteMarkers ?? []).map(({ VersionId }) => `marker ${VersionId}`),
    );
    if (!page.IsTruncated) return ids;
    markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  }
};

describe('versions', () => {
  it('are all kept, and the one before comes forward when the current one is removed', async () => {
    s3.bucket('kept', { versioning: 'Enabled' });
    const one = await put('kept', 'k', 'one');
    const two = await put('kept', 'k', 'two');
    const marker = (await remove('kept', 'k')).VersionId;

    await remove('kept', 'k', marker);
    expect(await read('kept', 'k')).toBe('two');
    await remove('kept', 'k', two);
    expect(await read('kept', 'k')).toBe('one');
    expect(await read('kept', 'k', one)).toBe('one');
  });

  it('are listed by key, newest first, with the marker that hides them', async () => {
    s3.bucket('listed', { versioning: 'Enabled' });
    const [b1, a1, a2] = [await put('listed', 'b'), await put('listed', 'a'), await put('listed', 'a')];
    const marker = (await remove('listed', 'a')).VersionId;

    const page = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'listed' }));

    expect(page.Versions?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ['a', a2, false],
      ['a', a1, false],
      ['b', b1, true],
    ]);
    expect(page.DeleteMarkers?.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ['a', marker, true],
    ]);
  });

  it('of one key are listed past 1,000 in order, none twice and none left out', async () => {
    s3.bucket('many', { versioning: 'Enabled' });
    const made: string[] = [];
    for (let index = 0; index < 1001; index += 1) {
      const answer = await send(s3, { method: 'PUT', path: '/many/k', body: '' });
      made.push(String(answer.headers['x-amz-version-id']));
    }
    await put('many', 'l');

    const ids = await listAll({ Bucket: 'many', Prefix: 'k' });

    expect(ids).toEqual(made.reverse());
  });

  it('can be listed on after the version at the marker has been removed', async () => {
    s3.bucket('shrinking', { versioning: 'Enabled' });
    const made: (string | undefined)[] = [];
    for (let index = 0; index < 6; index += 1) made.unshift(await put('shrinking', 'k'));
    const seen: (string | undefined)[] = [];
    let markers: Partial<ListObjectVersionsCommandInput> = {};
    for (;;) {
      const page = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'shrinking', MaxKeys: 2, ...markers }));
      for (const { VersionId } of page.Versions ?? []) {
        seen.push(VersionId);
        await remove('shrinking', 'k', VersionId);
      }
      if (!page.IsTruncated) break;
      markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
    }

    expect(seen).toEqual(made);
  });

  it('are listed the same in pages of any size, with a prefix and a delimiter', async () => {
    s3.bucket('paged', { versioning: 'Enabled' });
    for (const key of ['a/1', 'a/1', 'a/2', 'a', 'b/x/1', 'b/x/2', 'b/y', 'c', 'a/1']) await put('paged', key);
    await remove('paged', 'a/2');
    const options = fc.record({
      MaxKeys: fc.integer({ min: 1, max: 12 }),
      Prefix: fc.constantFrom('', 'a', 'a/', 'b/', 'b/x'),
      Delimiter: fc.constantFrom(undefined, '/'),
    });
    const pageOf = async (input: Partial<ListObjectVersionsCommandInput>) => {
      const names: string[] = [];
      let markers: Partial<ListObjectVersionsCommandInput> = {};
      for (;;) {
        const page = await s3.client.send(new ListObjectVersionsCommand({ Bucket: 'paged', ...input, ...markers }));
        names.push(
          ...(page.Versions ?? []).map(({ VersionId }) => VersionId ?? ''),
          ...(page.DeleteMarkers ?? []).map(({ VersionId }) => VersionId ?? ''),
          ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''),
        );
        if (!page.IsTruncated) return names.sort();
        markers = { KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
      }
    };

    await fc.assert(
      fc.asyncProperty(options, async ({ MaxKeys, Prefix, Delimiter }) => {
        expect(await pageOf({ MaxKeys, Prefix, Delimiter })).toEqual(await pageOf({ Prefix, Delimiter }));
      }),
      { numRuns: 60 },
    );
  });

  it('have no id that nobody made', async () => {
    s3.bucket('ids', { versioning: 'Enabled' });
    const id = await put('ids', 'k');

    const invalid = await send(s3, { path: '/ids/k?versionId=zzz' });
    const unknown = await send(s3, {
      path: `/ids/k?versionId=${id?.replace(/^./, (char) => (char === 'A' ? 'B' : 'A'))}`,
    });

    expect([invalid.status, invalid.code]).toEqual([400, 'InvalidArgument']);
    expect([unknown.status, unknown.code]).toEqual([404, 'NoSuchVersion']);
  });

  it('named null are replaced while versioning is suspended, and the others stay', async () => {
    s3.bucket('suspended');
    await put('suspended', 'k', 'before');
    const status = (Status: 'Enabled' | 'Suspended') =>
      s3.client.send(new PutBucketVersioningCommand({ Bucket: 'suspended', VersioningConfiguration: { Status } }));
    await status('Enabled');
    const kept = await put('suspended', 'k', 'kept');
    await status('Suspended');
    expect(await put('suspended', 'k', 'first null')).toBe('null');
    await put('suspended', 'k', 'second null');

    expect(await read('suspended', 'k')).toBe('second null');
    expect(await read('suspended', 'k', kept)).toBe('kept');
    expect(await listAll({ Bucket: 'suspended' })).toEqual(['null', kept]);
  });

  it('are not kept in a bucket that never had versioning', async () => {
    s3.bucket('plain');
    await put('plain', 'k', 'one');
    expect(await put('plain', 'k', 'two')).toBeUndefined();
    await remove('plain', 'k');

    expect(await listAll({ Bucket: 'plain' })).toEqual([]);
  });

  it('are removed many at a time, each answered for itself', async () => {
    s3.bucket('batch', { versioning: 'Enabled' });
    const id = await put('batch', 'a');
    await put('batch', 'b');

    const answer = await s3.client.send(
      new DeleteObjectsCommand({
        Bucket: 'batch',
        Delete: { Objects: [{ Key: 'a', VersionId: id }, { Key: 'b' }, { Key: 'c', VersionId: 'nonsense' }] },
      }),
    );

    expect(answer.Deleted?.map(({ Key, DeleteMarker }) => [Key, DeleteMarker])).toEqual([
      ['a', undefined],
      ['b', true],
    ]);
    expect(answer.Errors?.map(({ Key, Code }) => [Key, Code])).toEqual([['c', 'InvalidArgument']]);
  });
});
