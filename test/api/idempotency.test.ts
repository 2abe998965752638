import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hours } from '../../core/time.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { multipartUpload, putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
  await api.member('bob', ['contributor']);
  await api.member('root', ['admin']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const begin = (key: string, body: object = multipartUpload(), as = 'ann', on = api) =>
  on.call('POST', '/uploads', { as, body, headers: { 'idempotency-key': key } });
const created = (on = api) => on.s3.requests.filter(({ query }) => 'uploads' in query).length;

describe('a request with an idempotency key', () => {
  it('has one effect and one answer, however often it comes', async () => {
    const before = created();
    const answers = [await begin('k1'), await begin('k1'), await begin('k1')];

    expect(created() - before).toBe(1);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
  });

  it('has one effect where fifty come at once', async () => {
    const before = created();
    const answers = await Promise.all(Array.from({ length: 50 }, () => begin('k2')));
    const served = answers.filter(({ status }) => status === 201);

    expect(created() - before).toBe(1);
    expect(new Set(served.map(({ body }) => body.assetId)).size).toBe(1);
    expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
    expect(served.length).toBeGreaterThan(0);
  });

  it('answers the same upload with requests signed anew', async () => {
    const first = await begin('k3', putUpload());
    api.clock.advance(3_600_000);
    const later = await begin('k3', putUpload());

    expect(later.body.assetId).toBe(first.body.assetId);
    expect(later.body.token).toBe(first.body.token);
    expect(later.body.request.url).not.toBe(first.body.request.url);
  });

  it('is refused with another body', async () => {
    await begin('k4', putUpload());

    expect(await begin('k4', putUpload({ bytes: 999 }))).toMatchObject({
      status: 422,
      body: { code: 'idempotency-mismatch' },
    });
  });

  it('is the same where only the order of the fields differs', async () => {
    const body = putUpload();
    const first = await begin('k5', body);

    expect((await begin('k5', Object.fromEntries(Object.entries(body).reverse()))).body.assetId).toBe(
      first.body.assetId,
    );
  });

  it('belongs to its caller', async () => {
    const [mine, theirs] = [await begin('k6'), await begin('k6', multipartUpload(), 'bob')];

    expect(mine.body.assetId).not.toBe(theirs.body.assetId);
  });

  it('is forgotten after 24 hours, also where the row still lies there', async () => {
    await using own = await startApi(undefined, api.table);
    await own.member('ann', ['contributor']);
    const first = await begin('day', putUpload(), 'ann', own);
    own.clock.advance(hours(24));

    expect((await begin('day', putUpload({ bytes: 5 }), 'ann', own)).body.assetId).not.toBe(first.body.assetId);
  });

  it('can be repeated after a failure', async () => {
    api.s3.next = { method: 'POST', status: 500, code: 'InternalError' };

    expect((await begin('k7')).status).toBe(503);
    expect((await begin('k7')).status).toBe(201);
  });

  it('is taken over from a function that died, but not from one that lives', async () => {
    await using own = await startApi(
      ({ idempotency }) => ({ idempotency: { ...idempotency, finish: () => new Promise<never>(() => {}) } }),
      api.table,
    );
    await own.member('ann', ['contributor']);
    own.table.sent.length = 0;
    void begin('dead', multipartUpload(), 'ann', own);
    while (!own.table.sent.includes('PutItem')) await new Promise((resolve) => setImmediate(resolve));

    expect(await begin('dead', multipartUpload(), 'ann', own)).toMatchObject({
      status: 409,
      headers: { 'retry-after': '1' },
    });
    own.clock.advance(60_001);
    void begin('dead', multipartUpload(), 'ann', own);
    const puts = () => own.table.sent.filter((name) => name === 'PutItem').length;
    while (puts() < 4) await new Promise((resolve) => setImmediate(resolve));

    expect(puts()).toBe(4);
  });

  it('keeps no signed request in the table', async () => {
    await begin('k8');
    const { ScanCommand } = await import('@aws-sdk/lib-dynamodb');
    const { Items = [] } = await api.table.client.send(new ScanCommand({ TableName: api.table.name }));

    expect(JSON.stringify(Items.filter(({ kind }) => kind === 'idempotency'))).not.toContain('X-Amz-');
  });

  it('invites somebody once', async () => {
    const request = {
      as: 'root',
      body: { email: 'once@example.org', roles: ['viewer'] },
      headers: { 'idempotency-key': 'invite' },
    };
    const answers = await Promise.all(Array.from({ length: 10 }, () => api.call('POST', '/members', request)));

    expect(api.invited.filter((email) => email === 'once@example.org')).toHaveLength(1);
    expect(answers.some(({ status }) => status === 201)).toBe(true);
    expect((await api.call('POST', '/members', request)).status).toBe(201);
  });

  it('adds a member once where the function died before it wrote the answer down', async () => {
    const dead = new Error('the function was killed');
    const fails = async () => Promise.reject(dead);
    await using dying = await startApi(
      ({ idempotency }) => ({ idempotency: { ...idempotency, finish: fails, forget: fails } }),
      api.table,
    );
    const add = (on: TestApi, key: string, roles = ['viewer']) =>
      on.call('POST', '/members', {
        as: 'root',
        body: { principal: 'once', roles },
        headers: { 'idempotency-key': key },
      });
    expect((await add(dying, 'k9')).status).toBe(500);
    await using later = await startApi(() => ({}), api.table);
    later.clock.advance(60_001);

    expect(await add(later, 'k9')).toMatchObject({
      status: 201,
      body: { principal: 'once', createdAt: '2026-01-31T08:00:00.000Z' },
    });
    expect((await add(later, 'k10')).status).toBe(409);
    expect((await add(later, 'k11', ['manager'])).status).toBe(409);
  });

  it.each([
    ['empty', ''],
    ['with a space', 'a b'],
    ['in another script', 'कुंजी'],
    ['of 256 characters', 'k'.repeat(256)],
    ['of 1 MB', 'k'.repeat(2 ** 20)],
  ])('is refused where the key is %s', async (_what, key) => {
    const before = created();
    const answer = await begin(key);

    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    expect(created()).toBe(before);
  });
});
