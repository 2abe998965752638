import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Member, MemberPage } from '../../core/schemas/member.ts';
import { startApi, type TestApi } from './api-under-test.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

let tenants = 0;
/** A tenant of its own with one administrator. */
const freshTenant = async (): Promise<string> => {
  const tenant = `tenant-${++tenants}`;
  await api.member(`root-${tenant}`, ['admin'], { tenant });
  return tenant;
};
const as = (tenant: string, who = 'root') => ({ as: `${who}-${tenant}`, tenant });

describe('members', () => {
  it('are invited by e-mail address, which the catalog does not keep', async () => {
    const tenant = await freshTenant();
    const body = { email: 'asha@example.org', roles: ['annotator'] };
    const answer = await api.call('POST', '/members', { ...as(tenant), body });

    expect(answer).toMatchObject({ status: 201, body: { principal: 'sub-of-asha', tenant, state: 'invited' } });
    expect(Member.safeParse(answer.body).error).toBeUndefined();
    expect(api.invited).toContain('asha@example.org');
    expect(JSON.stringify(await api.services.members.get('sub-of-asha', tenant))).not.toContain('example.org');
  });

  it('are active from their first request on', async () => {
    const tenant = await freshTenant();
    await api.call('POST', '/members', { ...as(tenant), body: { email: 'first@example.org', roles: ['viewer'] } });

    expect((await api.call('GET', '/me', { as: 'sub-of-first', tenant })).status).toBe(200);
    expect(await api.services.members.get('sub-of-first', tenant)).toMatchObject({ state: 'active', revision: 2 });
  });

  it('are added by principal, with the devices of a machine', async () => {
    const tenant = await freshTenant();
    const body = { principal: `camera-${tenant}`, roles: ['device'], devices: ['door'] };

    expect(await api.call('POST', '/members', { ...as(tenant), body })).toMatchObject({
      status: 201,
      body: { state: 'invited' },
    });
    expect(await api.call('GET', '/me', as(tenant, 'camera'))).toMatchObject({
      body: { roles: ['device'], devices: ['door'] },
    });
  });

  it('are added once', async () => {
    const tenant = await freshTenant();
    const request = { ...as(tenant), body: { principal: 'x', roles: ['viewer'] } };
    await api.call('POST', '/members', request);

    expect(await api.call('POST', '/members', request)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('are listed in pages, for managers', async () => {
    const tenant = await freshTenant();
    await api.member(`max-${tenant}`, ['manager'], { tenant });
    await api.member(`ann-${tenant}`, ['contributor'], { tenant });
    const first = await api.call('GET', '/members?limit=2', as(tenant, 'max'));
    const second = await api.call('GET', `/members?limit=2&cursor=${first.body.cursor}`, as(tenant, 'max'));

    expect(MemberPage.safeParse(first.body).error).toBeUndefined();
    expect([...first.body.items, ...second.body.items].map(({ principal }) => principal)).toEqual([
      `ann-${tenant}`,
      `max-${tenant}`,
      `root-${tenant}`,
    ]);
    expect((await api.call('GET', '/members', as(tenant, 'ann'))).status).toBe(403);
  });

  it('get other roles, devices and states', async () => {
    const tenant = await freshTenant();
    await api.member(`ann-${tenant}`, ['viewer'], { tenant });
    const body = { roles: ['contributor'], devices: ['d1'], state: 'suspended' };
    const answer = await api.call('PATCH', `/members/ann-${tenant}`, { ...as(tenant), body });

    expect(answer).toMatchObject({ status: 200, body });
    expect(await api.call('GET', '/me', as(tenant, 'ann'))).toMatchObject({
      status: 403,
      body: { detail: /suspended/ },
    });
  });

  it('are removed', async () => {
    const tenant = await freshTenant();
    await api.member(`ann-${tenant}`, ['viewer'], { tenant });

    expect((await api.call('DELETE', `/members/ann-${tenant}`, as(tenant))).status).toBe(204);
    expect((await api.call('GET', '/me', as(tenant, 'ann'))).status).toBe(403);
    expect((await api.call('DELETE', `/members/ann-${tenant}`, as(tenant))).status).toBe(404);
  });

  it.each([
    ['neither address nor principal', { roles: ['viewer'] }],
    ['both', { email: 'a@example.org', principal: 'a', roles: ['viewer'] }],
    ['no roles', { principal: 'a' }],
    ['an empty list of roles', { principal: 'a', roles: [] }],
    ['an unknown role', { principal: 'a', roles: ['owner'] }],
    ['a role twice', { principal: 'a', roles: ['viewer', 'viewer'] }],
    ['roles in one text', { principal: 'a', roles: 'viewer' }],
    ['an address that is none', { email: 'not an address', roles: ['viewer'] }],
    ['an address with a line break', { email: 'a@example.org\r\nBcc: b@example.org', roles: ['viewer'] }],
    ['a principal with a hash sign', { principal: 'a#member', roles: ['viewer'] }],
    ['another tenant', { principal: 'a', roles: ['viewer'], tenant: 'other' }],
    ['a state', { principal: 'a', roles: ['viewer'], state: 'active' }],
    ['a device twice', { principal: 'a', roles: ['device'], devices: ['d', 'd'] }],
  ])('are not added with %s', async (_what, body) => {
    const tenant = await freshTenant();
    const invitations = api.invited.length;

    expect(await api.call('POST', '/members', { ...as(tenant), body })).toMatchObject({
      status: 400,
      body: { code: 'bad-request' },
    });
    expect(api.invited.length).toBe(invitations);
  });

  it.each([
    [{}],
    [{ roles: [] }],
    [{ roles: ['root'] }],
    [{ state: 'invited' }],
    [{ principal: 'b' }],
    [{ createdBy: 'x' }],
  ])('are not changed by %j', async (body) => {
    const tenant = await freshTenant();
    await api.member(`ann-${tenant}`, ['viewer'], { tenant });

    expect((await api.call('PATCH', `/members/ann-${tenant}`, { ...as(tenant), body })).status).toBe(400);
  });

  it.each(['manager', 'contributor', 'annotator', 'viewer', 'device'] as const)(
    'cannot make themselves admin as %s',
    async (role) => {
      const tenant = await freshTenant();
      await api.member(`eve-${tenant}`, [role], { tenant });
      const body = { roles: ['admin'] };

      expect((await api.call('PATCH', `/members/eve-${tenant}`, { ...as(tenant, 'eve'), body })).status).toBe(403);
      expect(
        (await api.call('POST', '/members', { ...as(tenant, 'eve'), body: { principal: 'f', ...body } })).status,
      ).toBe(403);
    },
  );
});

describe('a membership given to a principal that was there before', () => {
  const victimOf = async () => {
    const [home, foreign] = [await freshTenant(), await freshTenant()];
    const principal = await api.member(`ann-${home}`, ['contributor'], { tenant: home });
    const body = { principal, roles: ['viewer'] };
    expect((await api.call('POST', '/members', { ...as(foreign), body })).status).toBe(201);
    return { home, foreign, principal };
  };
  const state = async (principal: string, tenant: string) => (await api.services.members.get(principal, tenant))?.state;

  it('changes nothing for requests that name no tenant', async () => {
    const { home, foreign, principal } = await victimOf();

    expect(await api.call('GET', '/me', { as: principal })).toMatchObject({ status: 200, body: { tenant: home } });
    expect(await state(principal, foreign)).toBe('invited');
  });

  it('is accepted by the first request that names the tenant', async () => {
    const { foreign, principal } = await victimOf();

    expect(await api.call('GET', '/me', { as: principal, tenant: foreign })).toMatchObject({
      status: 200,
      body: { tenant: foreign, roles: ['viewer'] },
    });
    expect(await state(principal, foreign)).toBe('active');
    expect(await api.call('GET', '/me', { as: principal })).toMatchObject({ status: 400, body: { detail: /several/ } });
  });

  it.each([
    ['made active', [{ state: 'active' }]],
    ['suspended', [{ state: 'suspended' }]],
    ['suspended and made active', [{ state: 'suspended' }, { state: 'active' }]],
    ['given other roles', [{ roles: ['admin'] }]],
  ])('still counts for nothing when it is %s by its administrator', async (_what, changes) => {
    const { home, foreign, principal } = await victimOf();
    for (const body of changes)
      expect((await api.call('PATCH', `/members/${principal}`, { ...as(foreign), body })).status).toBe(200);

    expect(await api.call('GET', '/me', { as: principal })).toMatchObject({ status: 200, body: { tenant: home } });
    expect(await state(principal, foreign)).not.toBe('active');
  });

  it('says how to accept where it is the only one', async () => {
    const tenant = await freshTenant();
    const body = { principal: `gate-${tenant}`, roles: ['device'], devices: ['door'] };
    await api.call('POST', '/members', { ...as(tenant), body });

    expect(await api.call('GET', '/me', { as: `gate-${tenant}` })).toMatchObject({
      status: 403,
      body: { detail: new RegExp(`added to ${tenant}; .*X-Tenant`) },
    });
    expect((await api.call('GET', '/me', as(tenant, 'gate'))).status).toBe(200);
    expect((await api.call('GET', '/me', { as: `gate-${tenant}` })).status).toBe(200);
  });

  it('counts for nothing also where thirty tenants give one', async () => {
    const home = await freshTenant();
    await api.member(`zoe-${home}`, ['viewer'], { tenant: `zz-${home}` });
    for (let round = 0; round < 30; round++) {
      const foreign = await freshTenant();
      await api.call('POST', '/members', { ...as(foreign), body: { principal: `zoe-${home}`, roles: ['viewer'] } });
    }

    expect((await api.call('GET', '/me', { as: `zoe-${home}` })).status).toBe(200);
  });

  it('counts for nothing where an address is invited that has a user already', async () => {
    const [home, foreign] = [await freshTenant(), await freshTenant()];
    const body = { email: `known-${home}@example.org`, roles: ['viewer'] };
    await api.call('POST', '/members', { ...as(home), body });
    await api.call('POST', '/members', { ...as(foreign), body });

    expect(await api.call('GET', '/me', { as: `sub-of-known-${home}` })).toMatchObject({
      status: 200,
      body: { tenant: home },
    });
  });
});

describe('the last administrator', () => {
  it.each([
    ['be removed', 'DELETE', undefined],
    ['step down', 'PATCH', { roles: ['viewer'] }],
    ['be suspended', 'PATCH', { state: 'suspended' }],
  ])('cannot %s', async (_what, method, body) => {
    const tenant = await freshTenant();
    await api.member(`idle-${tenant}`, ['admin'], { tenant, state: 'suspended' });
    const answer = await api.call(method, `/members/root-${tenant}`, { ...as(tenant), body });

    expect(answer).toMatchObject({ status: 422, body: { detail: /last active administrator/ } });
  });

  it('may go once somebody else is one', async () => {
    const tenant = await freshTenant();
    await api.member(`ada-${tenant}`, ['admin'], { tenant });

    expect((await api.call('DELETE', `/members/root-${tenant}`, as(tenant))).status).toBe(204);
  });

  it('is there also after two administrators removed each other at once', async () => {
    for (let round = 0; round < 10; round++) {
      const tenant = await freshTenant();
      await api.member(`ada-${tenant}`, ['admin'], { tenant });
      const answers = await Promise.all([
        api.call('DELETE', `/members/ada-${tenant}`, as(tenant)),
        api.call('DELETE', `/members/root-${tenant}`, as(tenant, 'ada')),
      ]);
      const left = (await api.services.members.list(tenant, 10, undefined)).items;

      expect(answers.filter(({ status }) => status === 204).length).toBeLessThanOrEqual(1);
      expect(left.length).toBeGreaterThanOrEqual(1);
    }
  });
});
