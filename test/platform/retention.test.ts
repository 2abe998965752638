import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { control } from '../../cli/local/control-client.ts';
import type { JobRow } from '../../core/jobs/job-row.ts';
import type { Asset } from '../../core/schemas/asset.ts';
import { Hold } from '../../core/schemas/hold.ts';
import { days, hours } from '../../core/time.ts';
import { createJobTable } from '../../lambdas/shared/job-table.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { anyFile, askApi, type Facts, freshContent, type SampleUserName, sendByPut } from './sending.ts';
import { settle } from './settling.ts';

/** Nine days pass in one file, and each of them has its jobs: its tests tell one story and rest on each other. */
const story = { timeout: 240_000 };

const note: Facts = { class: 'raw-text', filename: 'note.txt', contentType: 'text/plain', subject: 'sub-2' };
const temporary: Facts = { ...anyFile, class: 'temp', subject: 'sub-3' };
/** Of a class that belongs to no topic. */
const held: Facts = { ...anyFile, subject: 'held-1', case: 'C-17' };

let running: RunningPlatform;
let table: DynamoDBDocumentClient;
let second: S3Client;
const ids: Record<'held' | 'later' | 'note' | 'file' | 'temporary' | 'purged', string> = {
  held: '',
  later: '',
  note: '',
  file: '',
  temporary: '',
  purged: '',
};

beforeAll(async () => {
  running = await runPlatform();
  const { endpoint, regions, admin } = running.state;
  const aws = { region: regions[0] ?? '', endpoint, credentials: { ...admin } };
  table = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
  second = new S3Client({ ...aws, region: regions[1] ?? '', forcePathStyle: true });
  ids.held = await send(held);
  ids.note = await send(note, Buffer.from('what somebody has said'));
  ids.file = await send(anyFile);
  ids.purged = await send(anyFile);
  ids.temporary = await send(temporary);
  await running.s3.send(new PutObjectCommand({ Bucket: running.state.buckets.scratch, Key: 'opened/x', Body: 'x' }));
  await settle(running);
}, 60_000);
afterAll(async () => {
  table?.destroy();
  second?.destroy();
  await running?.[Symbol.asyncDispose]();
});

const send = async (facts: Facts, content = freshContent()): Promise<string> =>
  (await sendByPut(running, content, facts)).assetId;
const ask = (user: SampleUserName, method: string, path: string, body?: unknown) =>
  askApi(running, user, { method, path, ...(body !== undefined && { body }) });
const travel = async (ms: number): Promise<void> => {
  await running.platform.travelTo(running.platform.clock.now() + ms);
  await settle(running);
};
const assetOf = async (assetId: string): Promise<Asset> => (await running.as('asha').asset(assetId)).value;
const endOf = async (tenant: string, jobId: string): Promise<JobRow | undefined> => {
  await settle(running);
  return createJobTable(table, running.state.tables['catalog'] ?? '').read(tenant, jobId);
};
const currentVersion = ({ key, currentVersionId }: Asset) => ({
  Bucket: running.state.buckets.vault,
  Key: key,
  VersionId: currentVersionId,
});
const versionsOf = async (bucket: 'vault' | 'scratch', prefix: string): Promise<number> => {
  const place = { Bucket: running.state.buckets[bucket], Prefix: prefix };
  const { Versions = [], DeleteMarkers = [] } = await running.s3.send(new ListObjectVersionsCommand(place));
  return Versions.length + DeleteMarkers.length;
};
const copiesOf = async (Prefix: string): Promise<number> => {
  const copies = { Bucket: running.state.replicas.vault, Prefix };
  const { Versions = [], DeleteMarkers = [] } = await second.send(new ListObjectVersionsCommand(copies));
  return Versions.length + DeleteMarkers.length;
};
const steerSecond = (down: boolean) =>
  control(
    { ...running.state, users: [] },
    'POST',
    'regions',
    JSON.stringify({ region: running.state.regions[1] ?? '', down }),
  );
const lockOf = async (asset: Asset): Promise<string | undefined> =>
  (await running.s3.send(new GetObjectLegalHoldCommand(currentVersion(asset)))).LegalHold?.Status;

let hold: Hold;
let vaultKeyOfTemporary = '';
let vaultKeyOfPurged = '';

describe('a legal hold', () => {
  it('refuses deletion at once, also to who uploaded the asset', story, async () => {
    const placed = await ask('asha', 'POST', '/holds', { scope: 'case', id: 'C-17', reason: 'Proceedings 4' });
    hold = Hold.parse(placed.body);

    expect(placed.status).toBe(201);
    expect(await ask('ravi', 'DELETE', `/assets/${ids.held}`)).toMatchObject({ status: 422 });
    expect(await ask('meera', 'POST', '/holds', { scope: 'subject', id: 'held-1', reason: 'because' })).toMatchObject({
      status: 403,
    });
    expect(await running.as('meera').retention.why(ids.held)).toMatchObject({
      state: 'held',
      holds: [{ holdId: hold.holdId }],
    });
  });

  it('protects the bytes against everybody, and the catalog says so', story, async () => {
    const job = await endOf('acme', hold.jobId ?? '');
    const asset = await assetOf(ids.held);

    expect(job).toMatchObject({ summary: { state: 'succeeded' }, result: { assets: 1, versions: 1 } });
    expect(asset).toMatchObject({ holds: [hold.holdId], legalHold: true });
    await expect(running.s3.send(new DeleteObjectCommand(currentVersion(asset)))).rejects.toMatchObject({
      name: 'AccessDenied',
    });
  });

  it('is laid on what comes later as soon as that is there', story, async () => {
    ids.later = await send(held);
    await settle(running);
    const isHeld = async (): Promise<boolean> => (await assetOf(ids.later)).legalHold === true;
    await vi.waitUntil(isHeld, { timeout: 30_000, interval: 50 });

    expect(await lockOf(await assetOf(ids.later))).toBe('ON');
  });
});

describe('a rule of the tenant', () => {
  it('is taken within the bounds, simulated before, and explained after', story, async () => {
    const { retention } = running.as('asha');
    const [simulated] = await Array.fromAsync(
      retention.simulate({ changes: [{ class: 'raw-text', deleteAfter: '3d' }], days: 30 }),
    );
    const { jobId = '' } = await retention.setForClass('raw-text', { deleteAfter: '3d', reason: 'Contract' });
    const why = await running.as('meera').retention.why(ids.note);

    expect(simulated).toMatchObject({ assets: 1, changed: 1, after: { deleted: { assets: 1 } } });
    expect(await endOf('acme', jobId)).toMatchObject({ summary: { state: 'succeeded' }, result: { moved: 1 } });
    expect(why.because.map(({ rule }) => rule)).toEqual(['ceiling-tenant']);
  });
});

describe('a purge', () => {
  it('removes every version of a deleted asset for good', story, async () => {
    const { key } = await assetOf(ids.purged);
    vaultKeyOfPurged = key;
    await running.as('asha').delete(ids.purged);
    await settle(running);
    await running.platform.services.s3.replication.run();
    const copies = await copiesOf(key);
    await steerSecond(true);
    const { jobId } = await running.as('asha').retention.purge(ids.purged, 'Uploaded by mistake');

    expect(copies).toBe(2);
    expect(await endOf('acme', jobId)).toMatchObject({ summary: { state: 'succeeded' } });
    expect(await versionsOf('vault', key)).toBe(0);
    await steerSecond(false);
    expect(await copiesOf(key)).toBe(2);
    expect(await ask('asha', 'GET', `/assets/${ids.purged}`)).toMatchObject({ status: 410 });
  });
});

describe('a day later', () => {
  it('what is held is there, and what was made for a day is gone by version', story, async () => {
    vaultKeyOfTemporary = (await assetOf(ids.temporary)).key;
    await travel(hours(25));

    expect(await lockOf(await assetOf(ids.held))).toBe('ON');
    expect([await versionsOf('vault', vaultKeyOfTemporary), await versionsOf('scratch', '')]).toEqual([0, 0]);
    expect(await copiesOf(vaultKeyOfPurged)).toBe(0);
    expect((await assetOf(ids.note)).state).toBe('stored');
  });
});

describe('a week later', () => {
  it('the sweeps deleted what was due, and nothing else', story, async () => {
    const released = await ask('asha', 'POST', `/holds/${hold.holdId}/release`, { reason: 'Settled' });
    await travel(days(6));

    expect(released).toMatchObject({ status: 200, body: { state: 'released' } });
    expect((await assetOf(ids.note)).state).toBe('deleted');
    expect([(await assetOf(ids.file)).state, (await assetOf(ids.held)).state]).toEqual(['stored', 'stored']);
    expect(await ask('asha', 'POST', `/assets/${ids.note}/undelete`)).toMatchObject({ status: 422 });
    expect(
      await endOf('-', `sweep-${new Date(running.platform.clock.now()).toISOString().slice(0, 10)}`),
    ).toMatchObject({
      summary: { state: 'succeeded' },
      result: { overdue: 0 },
    });
  });

  it('a released hold keeps until its grace is over, and then lets go', story, async () => {
    const inGrace = await ask('asha', 'DELETE', `/assets/${ids.held}`);
    await travel(days(2) + hours(1));
    const asset = await assetOf(ids.held);
    const [ended] = await Array.fromAsync(running.as('asha').retention.holds({ scope: 'case', id: 'C-17' }));

    expect(inGrace).toMatchObject({ status: 422 });
    expect(ended).toMatchObject({ state: 'ended' });
    expect([asset.legalHold, asset.holds, await lockOf(asset)]).toEqual([undefined, undefined, 'OFF']);
    expect(await ask('asha', 'DELETE', `/assets/${ids.held}`)).toMatchObject({ status: 200 });
  });
});
