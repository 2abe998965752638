import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Announcement } from '../../core/abroad/abroad-row.ts';
import { hours } from '../../core/time.ts';
import { createByteHolds } from '../../lambdas/hold/cover.ts';
import { listVersions } from '../../lambdas/shared/version-list.ts';
import { createScratch, createSweptVault } from '../../lambdas/sweep/swept-vault.ts';
import { assetRow } from '../api/asset-rows.ts';
import type { S3Server } from '../local-s3/s3-server.ts';
import { startS3 } from '../local-s3/s3-server.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket('vault', { versioning: 'Enabled', objectLock: {} });
  s3.bucket('scratch', { versioning: 'Enabled' });
});
afterAll(() => s3?.close());

const put = async (Bucket: string, Key: string) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'twelve bytes' }));
const versions = (bucket: string, key: string) => listVersions(s3.client, bucket, key);
const announced: Announcement[] = [];
const vault = () =>
  createSweptVault(s3.client, 'vault', {
    announce: async (what) => void announced.push(what),
    isCopied: (key) => !key.startsWith('temp/'),
  });

describe('the vault under a sweep', () => {
  it('gets one delete marker, however often it is asked for', async () => {
    await put('vault', 'a/b c+d');
    const answers = [await vault().expire('a/b c+d'), await vault().expire('a/b c+d')];

    expect(answers).toEqual([true, false]);
    expect((await versions('vault', 'a/b c+d')).map(({ marker }) => marker)).toEqual([true, false]);
  });

  it('loses every version and marker of a key by a purge, and of no other', async () => {
    for (const key of ['k', 'k', 'k2']) await put('vault', key);
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'vault', Key: 'k' }));

    expect(await vault().purge('k')).toEqual({ versions: 3, bytes: 24 });
    expect([await versions('vault', 'k'), (await versions('vault', 'k2')).length]).toEqual([[], 1]);
    expect(await vault().purge('k')).toEqual({ versions: 0, bytes: 0 });
  });

  it('announces what it loses for good before it loses it, and nothing of what has no copy', async () => {
    const { VersionId: versionId } = await put('vault', 'copied');
    await put('vault', 'temp/x');
    const failing = createSweptVault(s3.client, 'vault', {
      announce: () => Promise.reject(new Error('The table does not answer.')),
      isCopied: () => true,
    });
    announced.length = 0;

    await expect(failing.purge('copied')).rejects.toThrow('does not answer');
    expect(await versions('vault', 'copied')).toHaveLength(1);
    await vault().purge('copied');
    await vault().purge('temp/x');
    expect(announced).toEqual([{ versions: [{ key: 'copied', versionId }], deleted: false }]);
  });

  it('keeps what is under legal hold, and says so', async () => {
    await put('vault', 'held');
    await put('vault', 'held');
    const bytes = createByteHolds(s3.client, 'vault');
    const asset = assetRow({ assetId: '01JZ8K2M4N6P8Q0R2S4T6V8W0X', detail: { key: 'held' } });

    expect(await bytes.set(asset, 'ON')).toBe(2);
    await expect(vault().purge('held')).rejects.toMatchObject({ code: 'unavailable' });
    expect(await versions('vault', 'held')).toHaveLength(2);
    expect(await bytes.set(asset, 'OFF')).toBe(2);
    expect((await vault().purge('held')).versions).toBe(2);
  });

  it('takes a hold on a version that is gone for nothing', async () => {
    const { VersionId: versionId = '' } = await put('vault', 'packs/p');
    await vault().purge('packs/p');
    const pack = { packId: 'p', key: 'packs/p', versionId, offset: 0, storedBytes: 1 };
    const asset = assetRow({ assetId: '01JZ8K2M4N6P8Q0R2S4T6V8W0X', detail: { key: 'none', pack } });

    expect(await createByteHolds(s3.client, 'vault').set(asset, 'ON')).toBe(0);
  });
});

describe('the scratch bucket', () => {
  it('loses by version what is older than a day, and keeps the rest', async () => {
    const scratch = createScratch(s3.client, 'scratch');
    for (const key of ['old 1', 'old 1', 'old 2']) await put('scratch', key);
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'scratch', Key: 'old 2' }));
    s3.clock.move(hours(25));
    await put('scratch', 'new');

    expect(await scratch.clean(s3.clock.now() - hours(24))).toEqual({ versions: 4, bytes: 36, next: undefined });
    expect((await versions('scratch', 'new')).length).toBe(1);
    expect(await scratch.clean(s3.clock.now() - hours(24))).toEqual({ versions: 0, bytes: 0, next: undefined });
  });
});
