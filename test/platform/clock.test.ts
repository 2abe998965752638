import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { startLocal } from '../../cli/local/start.ts';
import { days, hours } from '../../core/time.ts';
import { readLocalState } from '../../local/state-file.ts';
import { wrongRecording } from './fault-scenarios.ts';
import { minutes } from './minutes.ts';
import { letSchedulesRest } from './resting.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import type { SampleUserName } from './sending.ts';
import { anyFile, askApi, freshContent, sendByPut, sha256Of, stateOf } from './sending.ts';
import { settle } from './settling.ts';
import { allRows } from './vault-and-catalog.ts';

let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
});
afterAll(() => running[Symbol.asyncDispose]());

const pass = (ms: number): Promise<void> => running.platform.travelTo(running.platform.clock.now() + ms);

const principalOf = async (user: SampleUserName): Promise<string> =>
  Object((await askApi(running, user, { path: '/me' })).body).principal;

/** So many at once that every instance of the function answers some. */
const manyTimes = async (user: SampleUserName, path: string): Promise<Set<number>> =>
  new Set(await Promise.all(Array.from({ length: 12 }, async () => (await askApi(running, user, { path })).status)));

describe('a right that was taken away is gone within a minute', () => {
  it('for a member who was suspended, on every instance', async () => {
    const principal = await principalOf('meera');
    const before = await manyTimes('meera', '/assets?class=user-file');
    const body = { state: 'suspended' };
    const changed = await askApi(running, 'asha', { method: 'PATCH', path: `/members/${principal}`, body });
    await pass(minutes(1));

    expect([changed.status, before]).toEqual([200, new Set([200])]);
    expect(await manyTimes('meera', '/assets?class=user-file')).toEqual(new Set([403]));
  });

  it('for a member who was removed, though the token is good', async () => {
    const principal = await principalOf('ravi');
    const before = await manyTimes('ravi', '/me');
    const removed = await askApi(running, 'asha', { method: 'DELETE', path: `/members/${principal}` });
    await pass(minutes(1));
    const after = await manyTimes('ravi', '/me');
    await askApi(running, 'asha', { method: 'POST', path: '/members', body: { principal, roles: ['contributor'] } });

    expect([removed.status, before, after]).toEqual([204, new Set([200]), new Set([403])]);
    const accepted = await askApi(running, 'ravi', { path: '/me', headers: { 'x-tenant': 'acme' } });
    expect(accepted.status).toBe(200);
    expect((await askApi(running, 'ravi', { path: '/me' })).status).toBe(200);
  });
});

describe('rows end with their time', () => {
  it('forgets an idempotency key after a day', async () => {
    const body = { ...anyFile, bytes: 10, sha256: sha256Of(freshContent()) };
    const request = { method: 'POST', path: '/uploads', body, headers: { 'idempotency-key': 'for-a-day' } };
    const idOf = async (): Promise<string> => Object((await askApi(running, 'ravi', request)).body).assetId;
    const rows = async (): Promise<number> =>
      (await allRows(running)).filter(({ kind }) => kind === 'idempotency').length;
    const first = await idOf();
    await pass(hours(23));
    const within = await idOf();
    const kept = await rows();
    await pass(hours(1) + minutes(2));

    expect([within, kept]).toEqual([first, 1]);
    expect(await rows()).toBe(0);
    expect(await idOf()).not.toBe(first);
  });

  it('tells for thirty days why an upload was refused, and keeps its bytes in quarantine for two to four', async () => {
    letSchedulesRest(running);
    const upload = await sendByPut(running, freshContent(), wrongRecording);
    await settle(running);
    const place = { Bucket: running.state.buckets.landing };
    const Key = `put/acme/${upload.assetId}`;
    const bytesAreThere = async (): Promise<boolean> => {
      const { Versions = [] } = await running.s3.send(new ListObjectVersionsCommand({ ...place, Prefix: Key }));
      return Versions.length > 0;
    };
    await pass(days(2));
    const within = await bytesAreThere();
    await pass(days(2) + minutes(1));
    const after = await bytesAreThere();
    await pass(days(24));
    const told = await stateOf(running, upload);
    await pass(days(3));
    const rows = (await allRows(running)).filter(({ pk }) => pk.includes(upload.assetId));

    expect([within, after]).toEqual([true, false]);
    expect(told).toMatchObject({ state: 'rejected', reason: 'type-mismatch' });
    expect(rows).toEqual([]);
  });

  it('leaves no multipart upload behind that nobody completed', async () => {
    const body = { ...anyFile, bytes: 20 * 1024 ** 2 };
    const { status, body: plan } = await askApi(running, 'ravi', { method: 'POST', path: '/uploads', body });
    await pass(days(3));
    const headers = { 'upload-token': String(Object(plan).token) };
    const late = await askApi(running, 'ravi', { path: `/uploads/${Object(plan).assetId}`, headers });
    const inLanding = new ListMultipartUploadsCommand({ Bucket: running.state.buckets.landing });
    const { Uploads = [] } = await running.s3.send(inLanding);

    expect(status).toBe(201);
    expect(Uploads).toEqual([]);
    expect(late).toMatchObject({ status: 410, body: { code: 'gone' } });
  });
});

describe('months later', () => {
  it('stores and fetches as on the first day', async () => {
    await pass(days(90));
    const content = freshContent();
    const upload = await sendByPut(running, content);
    await settle(running);
    const { body } = await askApi(running, 'ravi', { path: `/assets/${upload.assetId}/content` });
    const response = await fetch(String(Object(body).url));

    expect(await stateOf(running, upload)).toMatchObject({ state: 'stored' });
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true);
  });

  it('asks once for what is not there, from outside and from the functions', async () => {
    await pass(days(1));
    const countOf = (caller: string, operation: string): number =>
      running.platform.tally
        .all()
        .filter((kind) => kind.caller === caller && kind.operation === operation)
        .reduce((sum, { count }) => sum + count, 0);
    const catalog = running.state.functions['catalog'] ?? '';
    const upload = await sendByPut(running, freshContent());
    await settle(running);
    const before = [countOf('admin', 'HeadObject'), countOf(catalog, 'GetObject')];
    const missing = new HeadObjectCommand({ Bucket: running.state.buckets.vault, Key: 'nothing/here' });
    await expect(running.s3.send(missing)).rejects.toMatchObject({ name: 'NotFound' });
    await running.as('asha').delete(upload.assetId);
    await settle(running);
    const after = [countOf('admin', 'HeadObject'), countOf(catalog, 'GetObject')];

    expect(after.map((count, index) => count - (before[index] ?? 0))).toEqual([1, 1]);
  });

  it('keeps clients working whose clock did not travel', async () => {
    const upload = await sendByPut(running, freshContent());
    await settle(running);
    const key = Object((await running.as('ravi').asset(upload.assetId)).value).key;
    const { Body } = await running.s3.send(new GetObjectCommand({ Bucket: running.state.buckets.vault, Key: key }));

    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(upload.content)).toBe(true);
  });

  it.each([
    ['yesterday', (now: number) => now - days(1)],
    ['a lifetime ahead', (now: number) => now + days(366 * 80)],
    ['no time at all', () => Number.NaN],
  ])('does not go to %s', async (_, to) => {
    const now = running.platform.clock.now();

    await expect(running.platform.travelTo(to(now))).rejects.toThrow(RangeError);
    expect(running.platform.clock.now() - now).toBeLessThan(minutes(1));
  });
});

describe('a move of the clock', () => {
  it('writes new tokens into the state file, because the old ones have ended', async () => {
    const stateDir = mkdtempSync(join(tmpdir(), 'mediakeep-clock-'));
    const options = { stateDir, port: 0, memory: true, context: {}, env: process.env, log: () => {} };
    await using local = await startLocal(inject('assemblyDir'), options);
    const ask = async (token: string | undefined): Promise<number> =>
      (await fetch(`${local.state.api}/me`, { headers: { authorization: `Bearer ${token}` } })).status;
    const old = readLocalState(stateDir)?.users[0]?.token;
    const before = await ask(old);
    letSchedulesRest(local);
    await local.platform.travelTo(local.platform.clock.now() + days(1));
    const renewed = readLocalState(stateDir)?.users[0]?.token;
    const after = [await ask(old), await ask(renewed)];
    rmSync(stateDir, { recursive: true });

    expect([before, ...after]).toEqual([200, 401, 200]);
  });
});
