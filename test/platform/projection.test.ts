import { randomBytes } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseJournalBody } from '../../core/journal.ts';
import { days } from '../../core/time.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { allRows, miscounted } from './vault-and-catalog.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

const userFile = { class: 'user-file', filename: 'a.bin', contentType: 'application/octet-stream', subject: 'sub-1' };

const journal = async (kind: string) => {
  const Bucket = running.state.buckets.vault;
  const { Contents = [] } = await running.s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: `journal/acme/${kind}/` }),
  );
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
      return parseJournalBody((await Body?.transformToString()) ?? '');
    }),
  );
};

describe('the catalog’s stream', () => {
  it('counts what is stored and deleted as the rows say, and a manager sees it', async () => {
    const client = running.as('asha');
    await client.store(randomBytes(1_000), userFile);
    const gone = await client.store(randomBytes(500), { ...userFile, filename: 'b.bin' });
    await client.delete(gone.assetId);
    await running.platform.idle();

    const stats = await client.stats();
    const [usage] = await Array.fromAsync(client.usage());

    expect(await miscounted(running)).toEqual([]);
    expect(stats.total).toMatchObject({ assets: 1, deleted: 1, versions: 2, bytes: 1_000, noncurrentBytes: 500 });
    expect(stats.classes).toMatchObject([
      { class: 'user-file', contentTypes: [{ contentType: userFile.contentType }] },
    ]);
    expect(stats.growth.days).toMatchObject([{ addedAssets: 2, removedAssets: 1, addedBytes: 1_500, bytes: 1_500 }]);
    expect(usage).toMatchObject({ assets: 1, bytes: 1_000 });
  });

  it('journals who belongs to a tenant as the rows say', async () => {
    await running.platform.idle();

    const entries = await journal('member');

    const members = (await allRows(running)).filter(({ kind, tenant }) => kind === 'member' && tenant === 'acme');
    const byKey = <Row extends { pk: string }>(rows: readonly (Row | undefined)[]) =>
      rows.toSorted((a, b) => ((a?.pk ?? '') < (b?.pk ?? '') ? -1 : 1));
    expect(members.length).toBeGreaterThan(2);
    expect(byKey(entries.map((entry) => entry?.row))).toEqual(byKey(members));
  });

  it('comes to rest: what it writes itself calls it no more', async () => {
    await running.platform.idle();
    const calls = () => running.log.filter((line) => line.includes('"message":"projected"')).length;
    const before = calls();
    await running.platform.idle();

    expect(calls()).toBe(before);
  });

  it('tells every day how much is kept', async () => {
    await running.platform.travelTo(running.platform.clock.now() + days(1));
    await running.platform.idle();

    const told = running.log.filter((line) => line.includes('BytesKept'));
    expect(
      told.some((line) => line.includes('"class":"user-file"') && line.includes('"storageClass":"STANDARD"')),
    ).toBe(true);
  });
});
