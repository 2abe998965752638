import { randomBytes } from 'node:crypto';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { parseJournalBody } from '../../core/journal.ts';
import { type CountRow, countDifferences, recount } from '../../core/statistics/recount.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { allRows } from './vault-and-catalog.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

const userFile = { class: 'user-file', filename: 'a.bin', contentType: 'application/octet-stream', subject: 'sub-1' };

/** Counters of what is kept; growth is no recount of rows. */
const isTotal = ({ kind, pk }: { kind: string; pk: string }): boolean => kind === 'count' && !pk.endsWith('#growth');

const disagreement = async () => {
  await running.platform.idle();
  const rows = await allRows(running);
  const assets = rows.filter(({ kind }) => kind === 'asset') as unknown as AssetRow[];
  const counters = rows.filter(isTotal) as unknown as CountRow[];
  return { differences: countDifferences(recount(assets).tally(), counters), counters, assets };
};

const journal = async (kind: string) => {
  const Bucket = running.state.buckets.vault;
  const { Contents = [] } = await running.s3.send(new ListObjectsV2Command({ Bucket, Prefix: `journal/acme/${kind}/` }));
  return Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await running.s3.send(new GetObjectCommand({ Bucket, Key }));
      return parseJournalBody((await Body?.transformToString()) ?? '');
    }),
  );
};

describe('the catalog’s stream', () => {
  it('counts what is stored, versioned and deleted as the rows say', async () => {
    const client = running.as('asha');
    const kept = await client.store(randomBytes(1_000), userFile);
    const gone = await client.store(randomBytes(500), { ...userFile, filename: 'b.bin' });
    await client.delete(gone.assetId);
    await running.platform.idle();

    const { differences, counters, assets } = await disagreement();

    expect(differences).toEqual([]);
    expect(assets.map(({ summary }) => summary.assetId)).toContain(kept.assetId);
    expect(counters).toContainEqual(
      expect.objectContaining({ pk: 'acme#stats', assets: 1, deleted: 1, versions: 2, bytes: 1_000, noncurrentBytes: 500 }),
    );
  });

  it('journals who belongs to a tenant, and that somebody does no longer', async () => {
    await running.platform.idle();

    const members = await journal('member');

    expect(members.length).toBeGreaterThan(0);
    expect(members.every((entry) => entry?.row?.kind === 'member')).toBe(true);
  });

  it('never calls the catalog function for its own objects in vain, and comes to rest', async () => {
    await running.platform.idle();
    const before = running.log.filter((line) => line.includes('"message":"projected"')).length;
    await running.platform.idle();

    expect(running.log.filter((line) => line.includes('"message":"projected"'))).toHaveLength(before);
  });
});
