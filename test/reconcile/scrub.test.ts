import { crc32 } from 'node:zlib';
import { HeadObjectCommand, PutObjectLegalHoldCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '../../core/checksums/crc32c.ts';
import { digestOf } from '../../core/checksums/digest.ts';
import { hours } from '../../core/time.ts';
import { isInShare, planScrub, shareOf } from '../../lambdas/reconcile/scrub-share.ts';
import { type Store, startStore } from './store-world.ts';
import { scrub } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store[Symbol.asyncDispose]());

const damage = (key: string, bucket = 'originals', at?: number): void =>
  store.s3.s3.corrupt({ bucket, key, ...(at === undefined ? {} : { at }) });

describe('a flipped byte', () => {
  it('is found, healed from the copy, and told', async () => {
    const asset = await store.store('raw-audio', {}, 'what somebody said');
    await store.ripen();
    damage(asset.key);
    const before = await store.content(asset.key);

    const tally = await scrub(store.deps);

    const versions = await store.deps.vault.listVersions(asset.key);
    expect(before).not.toBe('what somebody said');
    expect(await store.content(asset.key)).toBe('what somebody said');
    expect(versions.map(({ versionId }) => versionId === asset.versionId)).toEqual([false, true]);
    expect(tally).toMatchObject({ findings: { corrupt: 1 }, settled: { repaired: 1 } });
    expect(await store.reported()).toMatchObject([
      { kind: 'corrupt', assetId: asset.assetId, versionIds: [asset.versionId], settled: 'repaired' },
    ]);
    expect(store.counted).toEqual(expect.arrayContaining(['VersionsCorrupt', 'VersionsHealed']));
  });

  it('keeps what the object says of itself when it is healed', async () => {
    const asset = await store.store('raw-audio', { attributes: { language: 'de' } }, 'another word');
    await store.ripen();
    const head = () => store.s3.client.send(new HeadObjectCommand({ Bucket: 'originals', Key: asset.key }));
    const before = await head();
    damage(asset.key, 'originals', 0);

    await scrub(store.deps);
    await store.observe(asset);

    const { Metadata, ContentType, StorageClass } = await head();
    expect({ Metadata, ContentType, StorageClass }).toEqual({
      Metadata: before.Metadata,
      ContentType: before.ContentType,
      StorageClass: before.StorageClass,
    });
    expect((await store.assetRow(asset.assetId))?.summary).toMatchObject({
      state: 'stored',
      attributes: { language: 'de' },
    });
    await store.reported();
  });

  it('is healed beside a version that S3 keeps under a lock, which stays', async () => {
    const asset = await store.store('raw-audio', {}, 'what a court wants to hear');
    await store.ripen();
    const held = { Bucket: 'originals', Key: asset.key, VersionId: asset.versionId };
    await store.s3.client.send(new PutObjectLegalHoldCommand({ ...held, LegalHold: { Status: 'ON' } }));
    damage(asset.key);

    const tally = await scrub(store.deps);

    const versions = await store.deps.vault.listVersions(asset.key);
    expect(await store.content(asset.key)).toBe('what a court wants to hear');
    expect(versions.map(({ versionId }) => versionId === asset.versionId)).toEqual([false, true]);
    expect((await store.deps.vault.headVersion(asset.key, asset.versionId))?.legalHold).toBe(true);
    expect(tally).toMatchObject({ findings: { corrupt: 1 }, settled: { repaired: 1 } });
    expect(await store.reported()).toMatchObject([{ found: expect.stringContaining('legal hold') }]);
  });

  it.each([
    ['the copy is broken too', async (key: string) => damage(key, 'copies')],
    ['there is no copy', (key: string) => dropCopies(key)],
  ])('is told and left where %s', async (_, spoil) => {
    const asset = await store.store('raw-audio', {}, `only once ${Math.PI}`);
    await store.ripen();
    damage(asset.key);
    await spoil(asset.key);

    const tally = await scrub(store.deps);

    expect(tally.settled).toEqual({ asked: 1 });
    expect((await store.deps.vault.listVersions(asset.key)).length).toBe(1);
    await store.remove(asset.key, asset.versionId);
    await store.reported();
  });

  it('is only told where nothing is to be healed', async () => {
    const asset = await store.store('raw-audio', {}, 'left as it is');
    await store.ripen();
    damage(asset.key);

    const tally = await scrub(store.deps, { heal: false });

    expect(tally.settled).toEqual({ proposed: 1 });
    await store.remove(asset.key, asset.versionId);
    await store.reported();
  });

  const dropCopies = async (key: string): Promise<void> => {
    const { keys } = (await store.deps.listReplica?.({ prefix: key })) ?? { keys: [] };
    for (const { versions } of keys) for (const { versionId } of versions) await store.remove(key, versionId, 'copies');
  };
});

describe('a share', () => {
  it('of the whole is read in as many days as it says, each key once', () => {
    const keys = Array.from({ length: 500 }, (_, index) => `raw/audio/acme/2026-01-01/${index}`);
    const start = Date.parse('2026-01-01T00:00:00.000Z');

    const days = keys.map((key) =>
      Array.from({ length: 30 }, (_, day) => isInShare(key, shareOf(start + hours(24 * day), 30))).filter(Boolean),
    );

    expect(days.every((read) => read.length === 1)).toBe(true);
  });

  it('leaves out markers, old versions and what lies in an archive', () => {
    const version = { versionId: 'v', at: '2026-01-01T00:00:00.000Z', marker: false, bytes: 1, etag: 'e' };
    const keys = [
      { key: 'a', versions: [{ ...version, storageClass: 'STANDARD' }, version] },
      { key: 'b', versions: [{ versionId: 'm', at: version.at, marker: true }, version] },
      { key: 'c', versions: [{ ...version, storageClass: 'DEEP_ARCHIVE' }] },
    ];

    const plan = planScrub(keys, { everyDays: 1, index: 0 });

    expect(plan).toEqual({ targets: [{ key: 'a', version: keys[0]?.versions[0] }], large: [], archived: 1 });
  });

  it('ends before it is too much for one page, and leaves to S3 what is too much by itself', () => {
    const version = (bytes: number) => [{ versionId: 'v', at: '', marker: false, bytes, storageClass: 'STANDARD' }];
    const giga = 1024 ** 3;
    const keys = [12, 3, 4, 2].map((size, index) => ({ key: `k${index}`, versions: version(size * giga) }));

    const plan = planScrub(keys, { everyDays: 1, index: 0 });

    expect(plan.large.map(({ key }) => key)).toEqual(['k0']);
    expect([plan.targets.map(({ key }) => key), plan.through]).toEqual([['k1', 'k2'], 'k2']);
  });
});

describe('a digest of a stream', () => {
  const word = (value: number): string => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value >>> 0);
    return bytes.toString('base64');
  };

  async function* content() {
    yield Buffer.from('12345');
    yield Buffer.from('6789');
  }

  it.each([
    ['CRC32' as const, word(crc32('123456789'))],
    ['CRC32C' as const, word(crc32c(Buffer.from('123456789')))],
    ['CRC64NVME' as const, 'rosUhgp5mIg='],
    ['SHA256' as const, 'FeKw08M4keuw8e9gnsQZQgwg4yDOlMZfvIwzEkSOsiU='],
  ])('is that of the whole: %s', async (algorithm, value) => {
    expect(await digestOf(algorithm, content())).toBe(value);
  });
});
