import { beforeEach, describe, expect, it } from 'vitest';
import { maxFactsObjectBytes } from '../../core/facts-object.ts';
import { vaultView } from '../../lambdas/shared/vault-view.ts';
import { bucketName, errorXml, type FakeVault, fakeVault } from './fake-vault.ts';

const start = Date.parse('2026-05-01T08:00:00.500Z');
let vault: FakeVault;
let now = start;
beforeEach(() => {
  now = start;
  vault = fakeVault(() => now);
});
const view = () => vaultView(vault.client, bucketName);
const put = (key: string) => vault.bucket.put(key, { sha256: 's', header: '', body: '' });
const listed = async (key: string) =>
  (await view().listVersions(key)).map(({ versionId, marker }) => `${versionId}${marker ? ' marker' : ''}`);

describe('the list of a key’s versions', () => {
  it('holds versions and markers in their common order, newest first', async () => {
    for (const step of ['put', 'mark', 'put', 'put', 'mark'] as const) {
      now += 1000;
      if (step === 'put') put('a/b');
      else vault.bucket.mark('a/b');
    }

    expect(await listed('a/b')).toEqual(['v5 marker', 'v4', 'v3', 'v2 marker', 'v1']);
  });

  it('begins with the latest where everything happened within one second', async () => {
    put('a/b');
    vault.bucket.mark('a/b');
    put('a/b');

    expect(await listed('a/b')).toEqual(['v3', 'v2 marker', 'v1']);
  });

  it('puts a marker above what it hides where both are of one second', async () => {
    put('a/b');
    vault.bucket.mark('a/b');

    expect(await listed('a/b')).toEqual(['v2 marker', 'v1']);
  });

  it('holds nothing of keys that only begin like this one', async () => {
    for (const key of ['t1/a', 't1/a/b', 't1/a0', 't10/a']) put(key);

    expect(await listed('t1/a')).toEqual(['v1']);
  });

  it.each(['a b', 'a+b', 'a%20b', 'a%2Fb', 'ä/ö', 'a&<b>', '😀'])(
    'finds the key %j, which S3 sends encoded',
    async (key) => {
      put(key);

      expect(await listed(key)).toEqual(['v1']);
    },
  );

  it('goes over all pages, and ends with the key’s last one', async () => {
    vault.pageSize = 10;
    for (let count = 0; count < 1001; count++) put('a');
    for (let count = 0; count < 50; count++) put('a/after');

    expect(await listed('a')).toHaveLength(1001);
    expect(vault.requests).toHaveLength(Math.ceil(1001 / 10));
  });

  it('is given up where S3 answers with the same place twice', async () => {
    put('a');
    const next =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextVersionIdMarker>v1</NextVersionIdMarker>';
    vault.intercept = () => ({ status: 200, body: `<ListVersionsResult>${next}</ListVersionsResult>` });

    await expect(listed('a')).rejects.toThrow('the place at which it had begun');
    expect(vault.requests).toHaveLength(2);
  });
});

describe('a HEAD', () => {
  it('tells of a version what a list tells of it', async () => {
    const { versionId } = put('a');

    const head = await view().headVersion('a', versionId);
    const [entry] = await view().listVersions('a');

    expect(head).toMatchObject({ at: '2026-05-01T08:00:00.000Z', sha256: 's' });
    expect(entry).toEqual({
      versionId,
      at: head?.at,
      marker: false,
      bytes: head?.bytes,
      etag: head?.etag,
      storageClass: 'STANDARD',
    });
  });

  it.each([
    ['a version that is not there', 'v9'],
    ['a delete marker', 'v2'],
  ])('finds nothing in %s', async (_, versionId) => {
    put('a');
    vault.bucket.mark('a');

    expect(await view().headVersion('a', versionId)).toBeUndefined();
  });

  it('takes a checksum of parts for none of the content', async () => {
    vault.intercept = () => ({
      status: 200,
      headers: { 'x-amz-checksum-sha256': 'abc-4', 'x-amz-checksum-type': 'COMPOSITE' },
    });

    expect(await view().headVersion('a', 'v1')).not.toHaveProperty('sha256');
  });

  it('tells the checksum of the whole that S3 keeps of a content past 5 GiB, and none of its parts', async () => {
    const headers = { 'x-amz-checksum-crc32': 'q80SNA==', 'x-amz-checksum-type': 'FULL_OBJECT' };
    vault.intercept = () => ({ status: 200, headers });
    expect((await view().headVersion('a', 'v1'))?.checksum).toEqual({ algorithm: 'CRC32', value: 'q80SNA==' });

    vault.intercept = () => ({ status: 200, headers: { ...headers, 'x-amz-checksum-type': 'COMPOSITE' } });
    expect(await view().headVersion('a', 'v1')).not.toHaveProperty('checksum');
  });

  it('tells of archive, restore and lock', async () => {
    const headers = {
      'x-amz-storage-class': 'DEEP_ARCHIVE',
      'x-amz-restore': 'ongoing-request="false", expiry-date="Fri, 21 Dec 2026 00:00:00 GMT"',
      'x-amz-object-lock-legal-hold': 'ON',
      'x-amz-object-lock-retain-until-date': '2027-01-01T00:00:00.000Z',
      'x-amz-checksum-crc64nvme': 'crc',
    };
    vault.intercept = () => ({ status: 200, headers });

    expect(await view().headVersion('a', 'v1')).toMatchObject({
      storageClass: 'DEEP_ARCHIVE',
      restore: { ongoing: false, until: '2026-12-21T00:00:00.000Z' },
      legalHold: true,
      retainUntil: '2027-01-01T00:00:00.000Z',
      checksum: { algorithm: 'CRC64NVME', value: 'crc' },
    });
  });

  it('tells that a restore is on its way', async () => {
    vault.intercept = () => ({ status: 200, headers: { 'x-amz-restore': 'ongoing-request="true"' } });

    expect((await view().headVersion('a', 'v1'))?.restore).toEqual({ ongoing: true });
  });
});

describe('a facts object', () => {
  it('is read as it is now', async () => {
    vault.bucket.put('facts/t/a', { sha256: '', header: '', body: 'first' });
    vault.bucket.put('facts/t/a', { sha256: '', header: '', body: 'second' });

    expect(await view().readText('facts/t/a')).toEqual({ body: 'second', etag: 'v2' });
  });

  it('is read no further than one may be long', async () => {
    vault.bucket.put('facts/t/a', { sha256: '', header: '', body: '{}' });

    await view().readText('facts/t/a');

    expect(vault.requests[0]?.headers['range']).toBe(`bytes=0-${maxFactsObjectBytes}`);
  });

  it('is not there where its newest version is a marker', async () => {
    vault.bucket.put('facts/t/a', { sha256: '', header: '', body: '{}' });
    vault.bucket.mark('facts/t/a');

    expect(await view().readText('facts/t/a')).toBeUndefined();
  });

  it('without a byte is there and says nothing', async () => {
    vault.intercept = () => ({ status: 416, body: errorXml('InvalidRange') });

    expect(await view().readText('facts/t/a')).toMatchObject({ body: '' });
  });
});
