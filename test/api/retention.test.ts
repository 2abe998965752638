import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetentionSimulation, Why } from '../../core/schemas/retention.ts';
import { days } from '../../core/time.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';
import { assetRow, marker, version } from './asset-rows.ts';

const id = (last: string): string => `01JZ8K2M4N6P8Q0R2S4T6V8W${last}`;
let api: TestApi;
beforeAll(async () => {
  api = await startApi(() => ({
    statuteOf: (name) => (name === 'raw-text' ? { floor: days(30), ceiling: days(60) } : undefined),
  }));
  await api.member('root', ['admin']);
  await api.member('mana', ['manager']);
  await api.member('mani', ['manager']);
  await api.member('ann', ['contributor']);
  await api.member('vic', ['viewer']);
  await api.member('other', ['admin'], { tenant: 'globex' });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const put = (path: string, body: unknown, as = 'root') => api.call('PUT', path, { as, body });
const post = (path: string, body: unknown, as = 'root', headers: Record<string, string> = {}) =>
  api.call('POST', path, { as, body, headers });
const why = async (assetId: string) => Why.parse((await api.call('GET', `/assets/${assetId}/why`, { as: 'vic' })).body);

describe('what a tenant or a user says of a class', () => {
  it.each([
    ['below the floor of the law', 'raw-text', '20d', /floor/],
    ['longer than the law', 'raw-text', '90d', /class or the law/],
    ['longer than the class', 'face-snapshot', '31d', /class or the law/],
    ['negative', 'raw-audio', '-1d', /after creation/],
    ['nothing', 'raw-audio', '0d', /after creation/],
    ['a hundred and one years', 'raw-audio', '36890d', /hundred years/],
  ])('is refused where it is %s', async (_, dataClass, deleteAfter, message) => {
    for (const path of [`/retention/classes/${dataClass}`, `/retention/users/root/classes/${dataClass}`]) {
      const answer = await put(path, { deleteAfter, reason: 'wanted so' });

      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'unprocessable', fields: [{ pointer: '/deleteAfter' }] },
      });
      expect(answer.body.detail).toMatch(message);
    }
  });

  it.each(['30', 'forever', '1.5d', 30])('is refused where it is no time: %s', async (deleteAfter) => {
    expect((await put('/retention/classes/raw-audio', { deleteAfter, reason: 'wanted so' })).status).toBe(400);
  });

  it('is shown, decides, starts the job that moves what is there, and can be taken back', async () => {
    await api.table.put(assetRow({ assetId: id('10') }));
    const set = await put('/retention/classes/raw-audio', { deleteAfter: '365d', reason: 'Contract' });
    const ofUser = await put(
      '/retention/users/ann/classes/raw-audio',
      { deleteAfter: '100d', reason: 'My wish' },
      'ann',
    );
    const decided = await why(id('10'));
    const job = api.jobs.at(-1);
    const shown = await api.call('GET', '/retention', { as: 'vic' });
    await put('/retention/users/ann/classes/raw-audio', { deleteAfter: null, reason: 'No more' });
    await put('/retention/classes/raw-audio', { deleteAfter: null, reason: 'No more' });

    expect(set).toMatchObject({
      status: 200,
      body: { class: 'raw-audio', tenant: { deleteAfter: '365d', setBy: 'root' } },
    });
    expect(ofUser.body.users).toMatchObject([{ principal: 'ann', deleteAfter: '100d' }]);
    expect(decided.because.map(({ rule }) => rule)).toEqual(['ceiling-user', 'cold-too-small']);
    expect(job).toMatchObject({ input: { class: 'raw-audio', principal: 'ann' }, summary: { job: 'retention' } });
    expect(shown.body.items.find((item: { class: string }) => item.class === 'raw-audio').users).toEqual([]);
    expect((await why(id('10'))).deleteAt).toBeUndefined();
  });

  it('is refused for whom it is not', async () => {
    const body = { deleteAfter: '100d', reason: 'My wish' };

    expect((await put('/retention/classes/raw-audio', body, 'mana')).status).toBe(403);
    expect((await put('/retention/users/ben/classes/raw-audio', body, 'ann')).status).toBe(403);
    expect((await put('/retention/users/ben/classes/raw-audio', body, 'vic')).status).toBe(403);
    expect((await put('/retention/classes/no-class', body)).status).toBe(404);
  });
});

describe('a hold', () => {
  it.each([
    ['over a whole tenant', { scope: 'tenant', id: 'acme', reason: 'because' }, /whole tenant cannot be held/],
    ['over everything', { scope: 'case', id: '*', reason: 'because' }, /\/id/],
    ['over nothing', { scope: 'case', id: '', reason: 'because' }, /\/id/],
    ['without a reason', { scope: 'case', id: 'c-1', reason: ' ' }, /must say why/],
    ['with a line break', { scope: 'case', id: 'c-1', reason: 'a\r\nSet-Cookie: x' }, /one line/],
    ['with text that turns around', { scope: 'case', id: 'c-1', reason: 'abc\u202edef' }, /one line/],
    ['with somebody’s address', { scope: 'case', id: 'c-1', reason: 'asked by a.b@example.org' }, /e-mail/],
    ['with somebody’s number', { scope: 'case', id: 'c-1', reason: 'call +91 98765 43210' }, /telephone/],
    ['with a long story', { scope: 'case', id: 'c-1', reason: 'x'.repeat(501) }, /500/],
    [
      'over an asset that anticipates',
      { scope: 'asset', id: id('10'), reason: 'because', anticipate: true },
      /anticipate/,
    ],
  ])('is refused %s', async (_, body, message) => {
    const answer = await post('/holds', body);

    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(answer.body.detail).toMatch(message);
  });

  it('is refused over a scope without an asset, unless it anticipates', async () => {
    const body = { scope: 'subject', id: 'nobody', reason: 'because' };

    expect(await post('/holds', body)).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect((await post('/holds', { ...body, anticipate: true })).status).toBe(201);
    expect((await post('/holds', { scope: 'asset', id: id('ZZ'), reason: 'because' })).status).toBe(404);
  });

  it('keeps its asset from deletion and purge at once, and its job is started once for one key', async () => {
    await api.table.put(assetRow({ assetId: id('20'), subject: 's-20' }));
    await api.table.put(
      assetRow({ assetId: id('21'), subject: 's-20', state: 'deleted', versions: [marker('m'), version('v')] }),
    );
    const before = api.jobs.length;
    const body = { scope: 'subject', id: 's-20', reason: 'Proceedings 4' };
    const [first, again] = [
      await post('/holds', body, 'mana', { 'idempotency-key': 'hold-20' }),
      await post('/holds', body, 'mana', { 'idempotency-key': 'hold-20' }),
    ];
    const deletion = await api.call('DELETE', `/assets/${id('20')}`, { as: 'root' });
    const purge = await post(`/assets/${id('21')}/purge`, { reason: 'for good' });

    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expect(api.jobs.slice(before)).toMatchObject([{ input: { action: 'place', holdId: first.body.holdId } }]);
    expect(deletion).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(deletion.body.detail).toContain('legal hold');
    expect(purge.status).toBe(422);
    expect(await why(id('20'))).toMatchObject({ state: 'held', holds: [{ holdId: first.body.holdId }] });
    expect((await api.call('GET', `/assets/${id('20')}`, { as: 'vic' })).body.holds).toEqual([first.body.holdId]);
  });

  it('is released by who placed it or an administrator, once, and keeps for seven days more', async () => {
    await api.table.put(assetRow({ assetId: id('30'), subject: 's-30' }));
    const { holdId } = (await post('/holds', { scope: 'subject', id: 's-30', reason: 'Proceedings 5' }, 'mana')).body;
    const release = (as: string) => post(`/holds/${holdId}/release`, { reason: `Ended, says ${as}` }, as);
    const refused = [(await release('mani')).status, (await release('ann')).status, (await release('other')).status];
    const [first, second] = [await release('root'), await release('mana')];
    const deletion = await api.call('DELETE', `/assets/${id('30')}`, { as: 'root' });

    expect(refused).toEqual([403, 403, 404]);
    expect(first.body).toMatchObject({ state: 'released', releasedBy: 'root', graceEndsAt: expect.any(String) });
    expect(second.body).toEqual(first.body);
    expect(deletion.body.detail).toContain('grace');
    expect(Date.parse(first.body.graceEndsAt)).toBe(startTime + days(7));
  });

  it('is listed as long as it matters, and for its scope for ever', async () => {
    const all = await api.call('GET', '/holds?limit=2', { as: 'mana' });
    const more = await api.call('GET', `/holds?limit=200&cursor=${all.body.cursor}`, { as: 'mana' });
    const scoped = await api.call('GET', '/holds?scope=subject&id=s-30', { as: 'mana' });

    expect([...all.body.items, ...more.body.items].map(({ scopeId }) => scopeId).toSorted()).toEqual([
      'nobody',
      's-20',
      's-30',
    ]);
    expect(scoped.body.items).toMatchObject([{ scopeId: 's-30', state: 'released' }]);
    expect((await api.call('GET', '/holds?scope=subject', { as: 'mana' })).status).toBe(400);
    expect((await api.call('GET', '/holds', { as: 'ann' })).status).toBe(403);
  });
});

describe('a purge', () => {
  it('needs a deleted asset, and a reason as long as it could be undeleted', async () => {
    const at = new Date(startTime - days(31)).toISOString();
    const fresh = { ...marker('m'), at: new Date(startTime - days(1)).toISOString() };
    await api.table.put(assetRow({ assetId: id('40') }));
    await api.table.put(assetRow({ assetId: id('41'), state: 'deleted', versions: [fresh, version('v')] }));
    await api.table.put(
      assetRow({ assetId: id('42'), state: 'deleted', versions: [{ ...marker('m'), at }, version('v')] }),
    );
    const purge = (last: string, body: object, as = 'root') => post(`/assets/${id(last)}/purge`, body, as);

    expect((await purge('40', { reason: 'for good' })).status).toBe(422);
    expect((await purge('41', {})).body.detail).toMatch(/reason/);
    expect((await purge('41', { reason: 'for good' }, 'mana')).status).toBe(403);
    expect(await purge('41', { reason: 'for good' })).toMatchObject({ status: 202, body: { assetId: id('41') } });
    expect((await purge('42', {})).status).toBe(202);
    expect(api.jobs.at(-1)).toMatchObject({ summary: { job: 'sweep' }, input: { part: 'purge', assetId: id('42') } });
  });
});

describe('what retention ended', () => {
  it('cannot be undeleted', async () => {
    const createdAt = new Date(startTime - days(40)).toISOString();
    const wish = { assetId: id('50'), dataClass: 'face-snapshot', createdAt, state: 'deleted' as const };
    await api.table.put(assetRow({ ...wish, versions: [marker('m'), version('v')] }));

    const answer = await api.call('POST', `/assets/${id('50')}/undelete`, { as: 'root' });

    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(api.undeleted).toEqual([]);
  });
});

describe('a simulation', () => {
  it('says by day what a change would delete and archive and what that saves, and leaves alone what is held', async () => {
    const dataClass = 'transcription';
    for (let index = 0; index < 5; index++) {
      const createdAt = new Date(startTime - days(index * 10)).toISOString();
      const said = { assetId: id(`6${index}`), dataClass, createdAt, bytes: 10_000_000_000 };
      await api.table.put(assetRow({ ...said, ...(index === 4 ? { subject: 's-20' } : { subject: 's-60' }) }));
    }
    const simulate = async (change: object, ahead = 100) =>
      RetentionSimulation.parse(
        (await post('/retention/simulate', { changes: [{ class: dataClass, ...change }], days: ahead }, 'mana')).body,
      );
    const [deleted, archived] = [
      await simulate({ deleteAfter: '30d' }),
      await simulate({ coldAfter: '35d', cold: 'glacier' }),
    ];

    expect(deleted).toMatchObject({ assets: 5, held: 1, changed: 4, currency: 'USD' });
    expect(deleted.after.deleted).toEqual({ assets: 4, bytes: 40_000_000_000 });
    expect(deleted.before.deleted.assets).toBe(0);
    expect(deleted.days.map(({ day, deleted: { assets } }) => [day, assets])).toEqual([
      ['2026-01-31', 1],
      ['2026-02-10', 1],
      ['2026-02-20', 1],
      ['2026-03-02', 1],
    ]);
    expect(deleted.after.cost).toBeLessThan(deleted.before.cost);
    expect(archived.after.archived.assets).toBe(4);
    expect(archived.after.cost).toBeLessThan(archived.before.cost);
  });

  it('goes on with a cursor from class to class, and refuses what is no change', async () => {
    const changes = [
      { class: 'transcription', deleteAfter: '30d' },
      { class: 'raw-audio', deleteAfter: null },
    ];
    const first = await post('/retention/simulate', { changes }, 'mana');
    const second = await post('/retention/simulate', { changes, cursor: first.body.cursor }, 'mana');

    expect([first.body.assets > 0, second.body.assets > 0, second.body.cursor]).toEqual([true, true, undefined]);
    expect((await post('/retention/simulate', { changes: [{ class: 'raw-audio' }] })).status).toBe(400);
    expect((await post('/retention/simulate', { changes: [{ class: 'raw-text', coldAfter: '30d' }] })).status).toBe(
      422,
    );
    expect((await post('/retention/simulate', { changes: [{ class: 'raw-text', deleteAfter: '-3d' }] })).status).toBe(
      422,
    );
    expect((await post('/retention/simulate', { changes }, 'ann')).status).toBe(403);
  });
});
