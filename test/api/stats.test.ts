import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GiB } from '../../core/bytes.ts';
import { classCountKey, growthKey, uploaderCountKey } from '../../core/catalog/keys.ts';
import { days, utcDay } from '../../core/time.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';

let api: TestApi;
const put = (row: Record<string, unknown>) =>
  api.table.put({ kind: 'count', tenant: 'acme', updatedAt: '2026-01-31T07:59:58.000Z', ...row });
const counter = (dataClass: string, storageClass: string, contentType: string, add: Record<string, number>) =>
  put({ ...classCountKey('acme', { dataClass, storageClass, contentType }), ...add });
const grown = (daysAgo: number, dataClass: string, add: Record<string, number>) =>
  put({ ...growthKey('acme', utcDay(startTime - days(daysAgo)), dataClass), ...add });

beforeAll(async () => {
  api = await startApi();
  await api.member('boss', ['manager']);
  await api.member('worker', ['contributor']);
  await counter('raw-audio', 'STANDARD', 'audio/wav', {
    assets: 2,
    versions: 3,
    bytes: GiB(2),
    noncurrentBytes: GiB(1),
  });
  await counter('raw-audio', 'DEEP_ARCHIVE', 'audio/wav', { assets: 10, versions: 10, bytes: GiB(100) });
  await counter('model', 'STANDARD', 'application/octet-stream', { assets: 1, versions: 1, bytes: 500 });
  await counter('temp', 'STANDARD', 'text/plain', { assets: 0, versions: 0, bytes: 0 });
  await grown(40, 'raw-audio', { addedAssets: 5, addedBytes: GiB(50) });
  await grown(2, 'raw-audio', { addedAssets: 4, addedBytes: GiB(2), removedAssets: 1, removedBytes: GiB(1) });
  await grown(1, 'raw-audio', { addedAssets: 4, addedBytes: GiB(1) });
  await grown(0, 'raw-audio', { addedAssets: 4, addedBytes: GiB(1) });
  await grown(0, 'model', { addedAssets: 1, addedBytes: 500 });
  await put({ ...uploaderCountKey('acme', 'worker'), assets: 3, bytes: 700 });
  await put({ ...uploaderCountKey('acme', 'left'), assets: 0, bytes: 0 });
  await put({ ...uploaderCountKey('globex', 'stranger'), tenant: 'globex', assets: 9, bytes: 9 });
});
afterAll(() => api[Symbol.asyncDispose]());

describe('statistics', () => {
  it('sum by class and storage class, the largest first, without what is empty', async () => {
    const { status, body } = await api.call('GET', '/stats', { as: 'boss' });

    expect(status).toBe(200);
    expect(body.asOf).toBe('2026-01-31T07:59:58.000Z');
    expect(body.classes.map((item: { class: string }) => item.class)).toEqual(['raw-audio', 'model']);
    expect(body.total).toMatchObject({ assets: 13, versions: 14, bytes: GiB(102) + 500, noncurrentBytes: GiB(1) });
    expect(body.storageClasses).toMatchObject([
      { storageClass: 'DEEP_ARCHIVE', archived: true, assets: 10 },
      { storageClass: 'STANDARD', archived: false, assets: 3 },
    ]);
  });

  it('cost what the price table says, an archive less than what is at hand', async () => {
    const { body } = await api.call('GET', '/stats', { as: 'boss' });

    const [archive, standard] = body.storageClasses;
    expect(standard.monthlyCost).toBeCloseTo(3 * 0.023, 3);
    expect(archive.monthlyCost / 100).toBeLessThan(standard.monthlyCost / 3);
    expect(body.prices).toMatchObject({ region: 'us-east-1', currency: 'USD', estimated: false });
  });

  it('tell what was kept at the end of each day, and go on in a straight line', async () => {
    const { body } = await api.call('GET', '/stats?days=30&class=raw-audio', { as: 'boss' });

    expect(body.growth.days).toMatchObject([
      { day: '2026-01-29', addedBytes: GiB(2), removedBytes: GiB(1), bytes: GiB(101) },
      { day: '2026-01-30', addedBytes: GiB(1), bytes: GiB(102) },
      { day: '2026-01-31', addedBytes: GiB(1), bytes: GiB(103) },
    ]);
    expect(body.growth.forecast).toEqual({
      bytesPerDay: GiB(1),
      basedOnDays: 3,
      in30Days: GiB(133),
      in90Days: GiB(193),
      in365Days: GiB(468),
    });
  });

  it('go as far back as asked', async () => {
    const { body } = await api.call('GET', '/stats?days=41&class=raw-audio', { as: 'boss' });

    expect(body.growth.days[0]).toMatchObject({ day: '2025-12-22', addedAssets: 5 });
  });

  it('name the uploaders of the tenant who keep something', async () => {
    const { body } = await api.call('GET', '/stats/users', { as: 'boss' });

    expect(body.items).toEqual([{ uploader: 'worker', assets: 3, bytes: 700 }]);
  });

  it.each(['/stats', '/stats/users'])('%s is for managers', async (path) => {
    expect((await api.call('GET', path, { as: 'worker' })).status).toBe(403);
  });

  it.each(['0', '401', '1.5', 'all', '-1'])('refuses %s days', async (count) => {
    const { status, body } = await api.call('GET', `/stats?days=${count}`, { as: 'boss' });

    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain('days');
  });
});
