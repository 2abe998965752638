import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi } from './api-under-test.ts';
import { putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
  await api.member('multi', ['viewer'], { tenant: 't1' });
  await api.member('multi', ['admin'], { tenant: 't10' });
  await api.member('client-1', ['device'], { devices: ['d'] });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const good = { sub: 'ann', username: 'ann', token_use: 'access', scope: 'mediakeep/use' };
const me = (claims: Readonly<Record<string, unknown>>, more = {}) => api.call('GET', '/me', { claims, ...more });

describe('the identity', () => {
  it('of a person is the `sub` of their token', async () => {
    expect(await me(good)).toMatchObject({ status: 200, body: { principal: 'ann', kind: 'person', tenant: 'acme' } });
  });

  it('of a machine is its `client_id`', async () => {
    const claims = { sub: 'client-1', client_id: 'client-1', token_use: 'access', scope: 'mediakeep/use' };

    expect(await me(claims)).toMatchObject({ status: 200, body: { principal: 'client-1', kind: 'machine' } });
  });

  it('of a person is not the client that they signed in with', async () => {
    expect(await me({ ...good, client_id: 'client-1' })).toMatchObject({ body: { principal: 'ann', kind: 'person' } });
  });

  it.each([
    ['an id token', { ...good, token_use: 'id' }],
    ['no token use', { ...good, token_use: undefined }],
    ['no subject', { ...good, sub: undefined }],
    ['an empty subject', { ...good, sub: '' }],
    ['a list as subject', { ...good, sub: ['ann'] }],
    ['a subject that reaches into another key', { ...good, sub: 'ann#member' }],
    ['a subject of 200 characters', { ...good, sub: 'a'.repeat(200) }],
    ['no scope', { ...good, scope: undefined }],
    ['a list of scopes', { ...good, scope: ['mediakeep/use'] }],
  ])('is not taken from %s', async (_what, claims) => {
    expect(await me(claims)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it.each(['', 'openid', 'mediakeep/used', 'xmediakeep/use', 'mediakeep', 'mediakeep/use-not', 'mediakeep/use,openid'])(
    'is not enough with the scope `%s`',
    async (scope) => {
      expect(await me({ ...good, scope })).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    },
  );

  it('is not taken from headers, query or body', async () => {
    const headers = { 'x-user': 'ann', 'x-amzn-oidc-identity': 'ann', authorization: 'Bearer x' };

    expect((await api.call('GET', '/me', { headers })).status).toBe(401);
    expect((await api.call('GET', '/me?sub=ann&access_token=x', { headers })).status).toBe(401);
    expect((await api.call('POST', '/uploads', { body: { ...putUpload(), sub: 'ann' } })).status).toBe(401);
  });

  it('takes no roles or tenant from the token', async () => {
    const claims = { ...good, 'custom:tenant': 't10', roles: 'admin', 'cognito:groups': ['admin'] };

    expect((await me(claims)).body).toMatchObject({ tenant: 'acme', roles: ['contributor'] });
  });
});

describe('the tenant', () => {
  it('is the only one that the caller belongs to', async () => {
    expect((await api.call('GET', '/me', { as: 'ann' })).body.tenant).toBe('acme');
  });

  it('has to be named by who belongs to several', async () => {
    expect(await api.call('GET', '/me', { as: 'multi' })).toMatchObject({
      status: 400,
      body: { detail: /t1, t10.*X-Tenant/ },
    });
    expect(await api.call('GET', '/me', { as: 'multi', tenant: 't1' })).toMatchObject({
      body: { tenant: 't1', roles: ['viewer'] },
    });
  });

  it('brings only the rights that were given there', async () => {
    const body = { principal: 'x', roles: ['viewer'] };

    expect((await api.call('POST', '/members', { as: 'multi', tenant: 't1', body })).status).toBe(403);
    expect((await api.call('POST', '/members', { as: 'multi', tenant: 't10', body })).status).toBe(201);
  });

  it.each(['t', 't100', 'acme', 'unknown'])('%s is closed to who is no member', async (tenant) => {
    expect(await api.call('GET', '/me', { as: 'multi', tenant })).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    });
  });

  it.each(['', ' ', 'T1', 't1#', 't1%23', 'аcme', 't1, t10', '../t1', 'a'.repeat(41)])(
    '%j is no tenant',
    async (tenant) => {
      const { status } = await api.call('GET', '/me', { as: 'multi', tenant });

      expect([400, 403]).toContain(status);
    },
  );
});

describe('a right', () => {
  it('that was taken away is gone within 60 seconds on an instance that still remembers it', async () => {
    await using own = await startApi(undefined, api.table);
    await own.member('ann1', ['contributor']);
    const status = async () => (await own.call('POST', '/uploads', { as: 'ann1', body: putUpload() })).status;
    expect(await status()).toBe(201);
    await own.member('ann1', ['viewer']);

    own.clock.advance(59_999);
    expect(await status()).toBe(201);
    own.clock.advance(1);
    expect(await status()).toBe(403);
  });

  it('is not remembered any longer when the clock jumps back', async () => {
    await using own = await startApi(undefined, api.table);
    await own.member('ann2', ['contributor']);
    await own.call('GET', '/me', { as: 'ann2' });
    await own.member('ann2', ['viewer'], { state: 'suspended' });
    own.clock.advance(-3_600_000);

    expect((await own.call('GET', '/me', { as: 'ann2' })).status).toBe(403);
  });

  it('that was given holds at once for who was refused before', async () => {
    expect((await api.call('GET', '/me', { as: 'newcomer' })).status).toBe(403);
    await api.member('newcomer', ['viewer']);

    expect((await api.call('GET', '/me', { as: 'newcomer' })).status).toBe(200);
  });

  it('is refused where the memberships cannot be read', async () => {
    api.table.failing = 'GetItem';
    const answer = await api.call('GET', '/me', { as: 'stranger', tenant: 'acme' });
    api.table.failing = undefined;

    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable', retryable: true } });
  });
});

describe('the rate limit', () => {
  const limited = (requestsPerMinute = 3) => startApi(() => ({ quotas: { requestsPerMinute } }), api.table);

  it('admits a caller’s quota in a minute and tells when to go on', async () => {
    await using own = await limited();
    await own.member('ann5', ['viewer']);
    own.clock.advance(15_000);
    const answers = [];
    for (let count = 0; count < 5; count++) answers.push(await own.call('GET', '/me', { as: 'ann5' }));

    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    expect(answers[3]).toMatchObject({
      headers: { 'retry-after': '45' },
      body: { code: 'rate-limited', retryable: true },
    });
    expect(own.counted).toContain('RequestsLimited');
  });

  it('begins anew with the minute', async () => {
    await using own = await limited();
    await own.member('ann6', ['viewer']);
    for (let count = 0; count < 4; count++) await own.call('GET', '/me', { as: 'ann6' });
    own.clock.advance(60_000);

    expect((await own.call('GET', '/me', { as: 'ann6' })).status).toBe(200);
  });

  it('counts each caller alone, and everything that they ask', async () => {
    await using own = await limited();
    await own.member('ann7', ['viewer']);
    await own.member('bob7', ['viewer']);
    await Promise.all([1, 2, 3].map(() => own.call('POST', '/uploads', { as: 'ann7', body: putUpload() })));

    expect((await own.call('GET', '/me', { as: 'ann7' })).status).toBe(429);
    expect((await own.call('GET', '/me', { as: 'bob7' })).status).toBe(200);
  });

  it('is exact for fifty requests at once', async () => {
    await using own = await limited(20);
    await own.member('ann8', ['viewer']);
    const answers = await Promise.all(Array.from({ length: 50 }, () => own.call('GET', '/me', { as: 'ann8' })));

    expect(answers.filter(({ status }) => status === 200).length).toBe(20);
  });

  it('admits nobody where it cannot count', async () => {
    // Nothing of this minute is counted ahead yet.
    api.clock.advance(60_000);
    api.table.failing = 'UpdateItem';
    const answer = await api.call('GET', '/me', { as: 'ann' });
    api.table.failing = undefined;

    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' }, headers: { 'retry-after': '1' } });
  });

  it('writes nothing for who is past it', async () => {
    await using own = await limited();
    await own.member('ann10', ['viewer']);
    for (let count = 0; count < 3; count++) await own.call('GET', '/me', { as: 'ann10' });
    own.table.sent.length = 0;
    await own.call('POST', '/uploads', { as: 'ann10', body: putUpload() });

    expect(own.table.sent).toEqual(['UpdateItem']);
    expect(own.s3.requests).toEqual([]);
  });
});
