import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseReport } from '../../lambdas/reconcile/checksum-csv.ts';
import type { ReconcileDeps } from '../../lambdas/reconcile/ports.ts';
import { awaitChecksums, handOver } from '../../lambdas/reconcile/scrub-by-s3.ts';
import { scrubPage } from '../../lambdas/reconcile/scrub-page.ts';
import { firstPrefix } from '../../lambdas/reconcile/vault-pass.ts';
import { type Store, startStore } from './store-world.ts';
import { scrub } from './walk.ts';

let store: Store;
beforeAll(async () => {
  store = await startStore();
});
afterAll(() => store[Symbol.asyncDispose]());

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
    store.s3.s3.corrupt({ bucket: 'originals', key: asset.key });

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
