import {
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../core/bytes.ts';
import { type Store, type StoredAsset, startStore } from './store-world.ts';
import { scrub } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore({ checksum: 'CRC64NVME', copyLimits: { atOnceBytes: MiB(5), partBytes: MiB(5) } });
});
afterAll(() => store[Symbol.asyncDispose]());

const large = (word: string): string => word.padEnd(MiB(5) + 1, '.');

const damage = (key: string, bucket = 'originals'): void => store.s3.s3.corrupt({ bucket, key, at: MiB(5) });

const head = ({ key: Key }: StoredAsset) =>
  store.s3.client.send(new HeadObjectCommand({ Bucket: 'originals', Key, ChecksumMode: 'ENABLED' }));

const tags = async ({ key: Key }: StoredAsset) =>
  (await store.s3.client.send(new GetObjectTaggingCommand({ Bucket: 'originals', Key }))).TagSet;

const uploadsUnderWay = async (): Promise<number> => {
  const { Uploads = [] } = await store.s3.client.send(new ListMultipartUploadsCommand({ Bucket: 'originals' }));
  return Uploads.length;
};

describe('a corrupt version past one copy', () => {
  it('is healed part by part, with all that it says of itself, and its copy is read by S3 alone', async () => {
    const asset = await store.store('raw-audio', { attributes: { language: 'de' } }, large('an hour of words'));
    const tag = { Key: 'project', Value: 'long talks' };
    await store.s3.client.send(
      new PutObjectTaggingCommand({ Bucket: 'originals', Key: asset.key, Tagging: { TagSet: [tag] } }),
    );
    await store.ripen();
    const before = await head(asset);
    damage(asset.key);
    const read: string[] = [];
    const readVersion: typeof store.deps.readVersion = (side, key, versionId) => {
      read.push(side);
      return store.deps.readVersion(side, key, versionId);
    };

    const tally = await scrub({ ...store.deps, readVersion });

    const { ETag, VersionId, LastModified: _, $metadata: __, ...after } = await head(asset);
    expect(tally).toMatchObject({ findings: { corrupt: 1 }, settled: { repaired: 1 } });
    expect(await store.content(asset.key)).toBe(large('an hour of words'));
    expect(after).toMatchObject({
      Metadata: before.Metadata,
      ContentType: before.ContentType,
      ChecksumCRC64NVME: before.ChecksumCRC64NVME,
      ServerSideEncryption: before.ServerSideEncryption,
    });
    expect(after.StorageClass).toBe(before.StorageClass);
    expect(await tags(asset)).toEqual([tag]);
    expect([ETag?.endsWith('-2"'), VersionId === asset.versionId]).toEqual([true, false]);
    expect(read).toEqual(['vault', 'vault']);
    expect(store.counted).toContain('VersionsHealed');
    await store.reported();
    for (const versionId of [VersionId, asset.versionId]) await store.remove(asset.key, versionId);
  });

  it('is left as it is, with no part of a copy, where S3 finds on the way that the copy is broken too', async () => {
    const asset = await store.store('raw-audio', {}, large('nobody has it whole'));
    await store.ripen();
    damage(asset.key);
    damage(asset.key, 'copies');

    const tally = await scrub(store.deps);

    expect(tally.settled).toEqual({ proposed: 1 });
    expect((await store.deps.vault.listVersions(asset.key)).length).toBe(1);
    expect(await uploadsUnderWay()).toBe(0);
    expect(await store.reported()).toMatchObject([{ found: expect.stringContaining('recover it from a backup') }]);
    await store.remove(asset.key, asset.versionId);
  });

  it('is told and left where the second region does not have it', async () => {
    const asset = await store.store('raw-audio', {}, large('only here'));
    await store.ripen();
    damage(asset.key);
    await store.remove(asset.key, asset.versionId, 'copies');

    expect((await scrub(store.deps)).settled).toEqual({ asked: 1 });
    await store.remove(asset.key, asset.versionId);
    await store.reported();
  });

  it.each([
    ['keeps nothing that the whole could be held against', { sha256: 'b3RoZXI=', checksum: undefined }, { asked: 1 }],
    [
      'has kept another checksum here than the copy makes',
      { checksum: { algorithm: 'CRC64NVME', value: 'AAAAAAAAAAA=' } },
      { proposed: 1 },
    ],
  ] as const)('is told and left where S3 %s', async (_, known, settled) => {
    const asset = await store.store('raw-audio', {}, large('other words'));
    await store.ripen();
    const headVersion: typeof store.deps.vault.headVersion = async (key, versionId) => {
      const { checksum: __, ...found } = (await store.deps.vault.headVersion(key, versionId)) ?? {};
      return { ...found, ...known } as Awaited<ReturnType<typeof headVersion>>;
    };

    const tally = await scrub({ ...store.deps, vault: { ...store.deps.vault, headVersion } });

    expect(tally.settled).toEqual(settled);
    expect((await store.deps.vault.listVersions(asset.key)).length).toBe(1);
    await store.remove(asset.key, asset.versionId);
    await store.reported();
  });
});
