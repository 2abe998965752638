import { crc32 } from 'node:zlib';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { HeadObjectCommand, PutObjectLegalHoldCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crc32c } from '../../core/checksums/crc32c.ts';
import { digestOf } from '../../core/checksums/digest.ts';
import { hours } from '../../core/time.ts';
import { parseReport } from '../../lambdas/reconcile/checksum-csv.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { awaitChecksums, handOver } from '../../lambdas/reconcile/scrub-by-s3.ts';
import { scrubPage } from '../../lambdas/reconcile/scrub-page.ts';
import { isInShare, planScrub, shareOf } from '../../lambdas/reconcile/scrub-share.ts';
import { firstPrefix } from '../../lambdas/reconcile/vault-pass.ts';
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

describe('what is too large to be read here', () => {
  const runJobs = (): Promise<void> => store.s3.s3.replication.runBatch();
  const large = { largeBytes: 40, runJobs };
  const long = 'a word that goes on and on until it is far too long for one';

  /** S3 does its jobs while something is refused to the role that they have. */
  const refusing = (action: string, before: () => Promise<unknown> = async () => undefined): ReconcileDeps => ({
    ...store.deps,
    checksums: {
      ...store.deps.checksums,
      async begin(wanted) {
        await before();
        store.s3.denied.add(action);
        const id = await store.deps.checksums.begin(wanted);
        await runJobs();
        store.s3.denied.clear();
        return id;
      },
    },
  });

  it('is read by S3, told where it is corrupt, and healed from a copy that is whole', async () => {
    const whole = await store.store('raw-audio', {}, `${long} breath`);
    const asset = await store.store('raw-audio', {}, long);
    await store.ripen();
    damage(asset.key);

    const tally = await scrub(store.deps, { ...large, name: 'scrub-large' });

    expect(tally).toMatchObject({ large: 2, unread: 0, findings: { corrupt: 1 }, settled: { repaired: 1 } });
    expect(await store.content(asset.key)).toBe(long);
    expect(await store.reported()).toMatchObject([{ kind: 'corrupt', assetId: asset.assetId, settled: 'repaired' }]);
    for (const { key } of [whole, asset]) await store.remove(key);
  });

  it('is one job of S3 and noted once, however often its page and its step are done', async () => {
    const asset = await store.store('raw-audio', {}, `${long} again`);
    await store.ripen();
    const props = {
      ...{ prefixes: [''], share: { everyDays: 1, index: 0 }, heal: true, report: 'reports/scrub/test' },
      ...{ name: 'scrub-twice', largeBytes: 40, startedAt: 7 },
    };
    for (let time = 0; time < 2; time += 1) await scrubPage(firstPrefix, props, store.deps);

    const handed = await handOver('scrub-twice', store.deps);

    expect(await handOver('scrub-twice', store.deps)).toEqual(handed);
    expect(handed).toMatchObject({ ids: [expect.any(String)], startedAt: 7 });
    await runJobs();
    expect(await store.deps.checksums.results(handed.ids[0] ?? '')).toMatchObject([{ key: asset.key }]);
    await store.remove(asset.key);
  });

  it('counts as unread where S3 may not read it, and as gone where it is', async () => {
    const [refused, gone] = [
      await store.store('raw-audio', {}, `${long} more`),
      await store.store('raw-audio', {}, `${long}!`),
    ];
    await store.ripen();
    const deps = refusing('kms:Decrypt', () => store.remove(gone.key, gone.versionId));

    const tally = await scrub(deps, { largeBytes: 40, name: 'scrub-refused' });

    expect(tally).toMatchObject({ large: 2, unread: 1, versions: expect.any(Number), findings: {} });
    await store.remove(refused.key);
  });

  it('fails the job where S3 gives its own up', async () => {
    const asset = await store.store('raw-audio', {}, `${long} and on`);
    await store.ripen();

    await scrub(refusing('sts:AssumeRole'), { largeBytes: 40, name: 'scrub-failed' });
    const { ids } = await handOver('scrub-failed', store.deps);

    const context = { step: (_: string, work: () => unknown) => work() } as unknown as DurableContext;
    await expect(awaitChecksums(context, { ids }, { ...store.deps, hear: async () => undefined })).rejects.toThrow(
      'given up a batch job',
    );
    await store.remove(asset.key);
  });
});

describe('waiting for S3', () => {
  it('sleeps twice as long each time, up to an hour, and gives up after a week', async () => {
    const slept: number[] = [];
    const context = {
      step: (_: string, work: () => unknown) => work(),
      wait: async (_: string, { seconds }: { seconds: number }) => void slept.push(seconds),
    } as unknown as DurableContext;
    const checksums = { ...store.deps.checksums, state: async () => 'running' as const };

    const waiting = awaitChecksums(context, { ids: ['x'] }, { ...store.deps, checksums, hear: async () => undefined });

    await expect(waiting).rejects.toThrow('within a week');
    expect([slept.slice(0, 4), slept.at(-1)]).toEqual([[1, 2, 4, 8], 3600]);
    expect(slept.reduce((sum, seconds) => sum + seconds, 0)).toBeGreaterThan(7 * 24 * 3600);
  });
});

describe('a report of checksums', () => {
  const head = 'amzn-s3-demo-bucket1,raw/audio/a%20b.wav,v1,succeeded,200,,';

  it('is read as S3 writes it', () => {
    const message =
      '"{""checksum_base64"":""bS9TOQ\\u003d\\u003d"",""etag"":""3c3c"",""checksumAlgorithm"":""CRC32""}"';

    expect(parseReport(`${head}${message}\n`)).toEqual([
      { key: 'raw/audio/a b.wav', versionId: 'v1', algorithm: 'CRC32', value: 'bS9TOQ==' },
    ]);
  });

  it('tells what could not be read from what is gone', () => {
    const failed = (reason: string) =>
      `b,k,v,failed,200,PermanentFailure,"error details: {""failureMessage"":""${reason}""}"`;

    expect(parseReport(`${failed('Key not found')}\r\n${failed('Internal server error')}\n`)).toEqual([
      { key: 'k', versionId: 'v', isMissing: true },
      { key: 'k', versionId: 'v', isMissing: false },
    ]);
  });

  it.each(['b,k', `${head}"{}"`, `${head}nothing`])('is refused where it is of another form: %s', (line) => {
    expect(() => parseReport(line)).toThrow('report of checksums');
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
