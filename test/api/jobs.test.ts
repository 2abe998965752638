import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newPackRow } from '../../core/pack/rows.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { type AssetWish, assetRow, version } from './asset-rows.ts';

let api: TestApi;
let serial = 0;
const newId = (): string => `01JZ8K2M4N6P8Q0R2S4T6V8${String(serial++).padStart(3, '0')}`;

beforeAll(async () => {
  api = await startApi();
  await api.member('boss', ['manager']);
  await api.member('ann', ['contributor']);
  await api.member('vic', ['viewer']);
  await api.member('eve', ['admin'], { tenant: 'other' });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const MiB = 1024 ** 2;
const put = async (wish: Omit<AssetWish, 'assetId'> = {}): Promise<string> => {
  const assetId = newId();
  const storageClass = wish.storageClass ?? 'STANDARD';
  const versions = [version('v1', { storageClass })];
  await api.table.put(assetRow({ assetId, bytes: MiB, versions, detail: { storageClass }, ...wish }));
  return assetId;
};
const post = (path: string, body: unknown, as = 'boss', headers?: Record<string, string>) =>
  api.call('POST', path, { as, body, ...(headers && { headers }) });

describe('an asset sent to the archive', () => {
  it('begins a job at once that says what it does', async () => {
    const assetId = await put();
    const { status, body } = await post(`/assets/${assetId}/archive`, { reason: 'the trial is over' }, 'ann');

    expect(status).toBe(202);
    expect(body).toMatchObject({
      job: 'archive',
      state: 'running',
      createdBy: 'ann',
      input: { scope: { asset: assetId }, storageClass: 'GLACIER', reason: 'the trial is over' },
      estimate: { assets: 1, bytes: MiB, minimumDays: 90 },
    });
    expect(api.executions.at(-1)).toMatchObject({ tenant: 'acme', jobId: body.jobId, job: 'archive' });
  });

  it.each([
    ['too small', { bytes: 131_072 }, /131072 bytes/],
    ['packed already', { packId: newId(), bytes: MiB }, /packed with others/],
    ['as cold already', { storageClass: 'GLACIER' }, /lies in GLACIER already/],
  ])('is refused where it is %s', async (_what, wish, message) => {
    const answer = await post(`/assets/${await put(wish)}/archive`, { reason: 'the trial is over' });

    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(answer.body.detail).toMatch(message);
  });

  it.each([{}, { reason: 'no' }, { reason: 'long enough', storageClass: 'standard-ia' }, { reason: 'x'.repeat(501) }])(
    'needs a reason and a class that there is: %j',
    async (body) => {
      expect((await post(`/assets/${await put()}/archive`, body)).status).toBe(400);
    },
  );

  it('is somebody else’s: a contributor may not', async () => {
    const assetId = await put({ uploader: 'ben' });

    expect((await post(`/assets/${assetId}/archive`, { reason: 'not mine' }, 'ann')).status).toBe(403);
  });

  it('is sent once for one idempotency key', async () => {
    const assetId = await put();
    const request = () =>
      post(`/assets/${assetId}/archive`, { reason: 'only once' }, 'boss', { 'idempotency-key': 'archive-once' });
    const [first, second] = [await request(), await request()];

    expect(second.body.jobId).toBe(first.body.jobId);
  });
});

describe('a restore', () => {
  it('answers first what it takes and costs, and waits', async () => {
    for (let count = 0; count < 3; count++) {
      await put({ dataClass: 'case-audio', case: 'C-1', storageClass: 'DEEP_ARCHIVE', bytes: 1024 * MiB });
    }
    await put({ dataClass: 'case-audio', case: 'C-1' });
    const { status, body } = await post('/jobs/restore', { case: 'C-1' });

    expect(status).toBe(202);
    expect(body).toMatchObject({
      job: 'restore',
      state: 'waiting',
      input: { tier: 'Standard', days: 7 },
      estimate: {
        assets: 3,
        objects: 3,
        untouched: 1,
        hours: 12,
        minimumDays: 180,
        byStorageClass: { DEEP_ARCHIVE: { objects: 3 } },
        cost: { currency: 'USD', retrieval: 0.06 },
      },
    });
    expect(api.executions.some(({ jobId }) => jobId === body.jobId)).toBe(false);
  });

  it('begins at once within its budget, and waits above it', async () => {
    const asset = await put({ storageClass: 'GLACIER', bytes: 1024 * MiB });
    const [within, above] = [
      await post('/jobs/restore', { asset, budget: 1 }),
      await post('/jobs/restore', { asset, budget: 0.001 }),
    ];

    expect([within.body.state, above.body.state]).toEqual(['running', 'waiting']);
  });

  it('of nothing archived begins and costs nothing', async () => {
    expect((await post('/jobs/restore', { asset: await put() })).body).toMatchObject({
      state: 'running',
      estimate: { objects: 0, untouched: 1, cost: { total: 0 } },
    });
  });

  it('counts a pack once, with its own bytes', async () => {
    const packId = newId();
    const row = newPackRow(
      { tenant: 'acme', dataClass: 'transcription' },
      { packId, storageClass: 'GLACIER', createdAt: '2026-01-01T00:00:00.000Z' },
    );
    await api.table.put({ ...row, bytes: 5 * MiB });
    for (let count = 0; count < 5; count++) {
      await put({ subject: 'packed-1', dataClass: 'transcription', storageClass: 'GLACIER', packId, bytes: 2_000 });
    }

    expect((await post('/jobs/restore', { subject: 'packed-1' })).body.estimate).toMatchObject({
      assets: 5,
      objects: 1,
      bytes: 5 * MiB,
    });
  });

  it('says which tiers a class has', async () => {
    const asset = await put({ storageClass: 'DEEP_ARCHIVE' });
    const { status, body } = await post('/jobs/restore', { asset, tier: 'expedited' });

    expect(status).toBe(422);
    expect(body.detail).toMatch(/DEEP_ARCHIVE.*standard and bulk/);
  });

  it.each([
    [{}, /exactly one of/],
    [{ case: 'C-1', class: 'raw-audio' }, /exactly one of/],
    [{ asset: '01JZ8K2M4N6P8Q0R2S4T6V8W0X', from: '2026-01-01T00:00:00Z' }, /does not go with/],
    [{ case: 'C-1', from: '2026-02-01T00:00:00Z', to: '2026-01-01T00:00:00Z' }, /later than/],
    [{ case: 'C-1', tier: 'instant' }, /tier/],
    [{ case: 'C-1', days: 0 }, /days/],
    [{ case: 'C-1', budget: -1 }, /budget/],
    [{ class: 'no-such-class' }, /must be one of/],
  ])('is refused where it cannot be meant: %j', async (body, message) => {
    const answer = await post('/jobs/restore', body);

    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(message);
  });

  it('of a case that nobody knows is refused', async () => {
    expect(await post('/jobs/restore', { case: 'C-99' })).toMatchObject({ status: 422 });
  });

  it('is for managers', async () => {
    expect((await post('/jobs/restore', { case: 'C-1' }, 'ann')).status).toBe(403);
  });
});

describe('a job', () => {
  const waiting = async (): Promise<string> =>
    (await post('/jobs/restore', { asset: await put({ storageClass: 'GLACIER', bytes: 1024 * MiB }) })).body.jobId;

  it('begins when it is confirmed, once however often', async () => {
    const jobId = await waiting();
    const first = await post(`/jobs/${jobId}/confirm`, undefined);
    await post(`/jobs/${jobId}/confirm`, undefined);

    expect(first).toMatchObject({ status: 202, body: { jobId, state: 'running' } });
    expect(api.executions.filter((event) => event.jobId === jobId).length).toBeGreaterThan(0);
    expect((await api.call('GET', `/jobs/${jobId}`, { as: 'vic' })).body).toMatchObject({ jobId, state: 'running' });
  });

  it('ends when it is cancelled, and begins no more', async () => {
    const jobId = await waiting();

    expect((await post(`/jobs/${jobId}/cancel`, undefined)).body.state).toBe('cancelled');
    expect((await post(`/jobs/${jobId}/cancel`, undefined)).body.state).toBe('cancelled');
    expect(await post(`/jobs/${jobId}/confirm`, undefined)).toMatchObject({ status: 409 });
  });

  it('that cannot be left half done is not cancelled while it runs', async () => {
    await api.services.jobs.start({ tenant: 'acme', jobId: 'hold-1', job: 'hold', input: {}, createdBy: 'boss' });

    expect(await post('/jobs/hold-1/cancel', undefined)).toMatchObject({ status: 422 });
  });

  it('is listed by its state, newest first, page by page', async () => {
    for (let count = 0; count < 3; count++) {
      api.clock.advance(1_000);
      await waiting();
    }
    const first = await api.call('GET', '/jobs?state=waiting&limit=2', { as: 'vic' });
    const second = await api.call('GET', `/jobs?state=waiting&limit=2&cursor=${first.body.cursor}`, { as: 'vic' });
    const times = [...first.body.items, ...second.body.items].map(({ createdAt }) => createdAt);

    expect(first.body.items).toHaveLength(2);
    expect(times).toEqual([...times].sort().reverse());
  });

  it('of another tenant is as unknown as one that there is not', async () => {
    const jobId = await waiting();
    const [theirs, none] = [
      await api.call('GET', `/jobs/${jobId}`, { as: 'eve', tenant: 'other' }),
      await api.call('GET', '/jobs/restore-none', { as: 'eve', tenant: 'other' }),
    ];

    expect([theirs.status, theirs.body.code, theirs.body.detail]).toEqual([404, 'not-found', none.body.detail]);
    expect((await api.call('POST', `/jobs/${jobId}/cancel`, { as: 'eve', tenant: 'other' })).status).toBe(404);
  });
});
