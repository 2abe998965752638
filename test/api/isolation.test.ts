import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { routes } from '../../core/routes.ts';
import { startApi, type TestApi, type TestRequest } from './api-under-test.ts';
import { assetRow, marker, version } from './asset-rows.ts';
import { multipartUpload } from './uploads.ts';

let api: TestApi;
const theirs = {
  stored: '01JZ8K2M4N6P8Q0R2S4T6V8W01',
  deleted: '01JZ8K2M4N6P8Q0R2S4T6V8W02',
  gone: '01JZ8K2M4N6P8Q0R2S4T6V8W03',
};
const unknown = '01JZ8K2M4N6P8Q0R2S4T6V8W0Z';
let theirToken: { assetId: string; token: string };
let ourToken: { assetId: string; token: string };

beforeAll(async () => {
  // Small enough that no request is counted ahead: what a request costs tells whether it costs the same.
  api = await startApi(() => ({ quotas: { requestsPerMinute: 99 } }));
  await api.member('eve', ['admin'], { tenant: 't1' });
  await api.member('victim', ['admin'], { tenant: 't10' });
  await api.table.put(assetRow({ assetId: theirs.stored, tenant: 't10' }));
  await api.table.put(
    assetRow({ assetId: theirs.deleted, tenant: 't10', state: 'deleted', versions: [marker('m'), version('v')] }),
  );
  await api.table.put(assetRow({ assetId: theirs.gone, tenant: 't10', state: 'gone', versions: [] }));
  theirToken = (await api.call('POST', '/uploads', { as: 'victim', body: multipartUpload() })).body;
  ourToken = (await api.call('POST', '/uploads', { as: 'eve', body: multipartUpload() })).body;
});
beforeEach(async () => {
  api.clock.advance(60_000);
  await api.call('GET', '/me', { as: 'eve' });
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

/** What each operation on an id is called with, so that nothing but the id is wrong. */
const requests: Readonly<Record<string, (token: string) => TestRequest>> = {
  signParts: (token) => ({ body: { token, partNumbers: [1] } }),
  completeUpload: (token) => ({
    body: { token, crc32: 'y/Q5Jg==', parts: [1, 2, 3].map((partNumber) => ({ partNumber, etag: 'e' })) },
  }),
  abortUpload: (token) => ({ headers: { 'upload-token': token } }),
  getUpload: (token) => ({ headers: { 'upload-token': token } }),
  getAsset: () => ({}),
  listVersions: () => ({}),
  getContent: () => ({}),
  changeAsset: () => ({ body: { attributes: { title: 'x' } }, headers: { 'if-match': '*' } }),
  deleteAsset: () => ({}),
  undeleteAsset: () => ({}),
  explainAsset: () => ({}),
  purgeAsset: () => ({ body: {} }),
  archiveAsset: () => ({ body: { reason: 'the trial is over' } }),
};
const idRoutes = routes.filter(({ path }) => path.includes('{assetId}'));
const assetRoutes = idRoutes.filter(({ path }) => path.startsWith('/assets'));
const uploadRoutes = idRoutes.filter(({ path }) => path.startsWith('/uploads'));

/** Everything that a caller can tell from an answer, and everything that it cost. */
const observe = async (route: (typeof idRoutes)[number], assetId: string, token = '') => {
  api.table.sent.length = 0;
  api.s3.requests.length = 0;
  const request = requests[route.operation];
  const answer = await api.call(route.method, route.path.replace('{assetId}', assetId), {
    as: 'eve',
    ...request?.(token),
  });
  return { ...answer, sent: [...api.table.sent], s3: api.s3.requests.map(({ method }) => method) };
};

describe('another tenant’s asset', () => {
  it('is tried on every route that takes an id', () => {
    expect(idRoutes.map(({ operation }) => operation).sort()).toEqual(Object.keys(requests).sort());
  });

  it.each(assetRoutes)('answers and costs exactly what an unknown id does: $operation', async (route) => {
    const baseline = await observe(route, unknown);
    for (const id of Object.values(theirs)) expect(await observe(route, id)).toEqual(baseline);

    expect(baseline).toMatchObject({ status: 404, body: { code: 'not-found' }, s3: [] });
    expect(api.undeleted).toEqual([]);
  });

  it('is in no list of ours', async () => {
    for (const query of ['class=raw-audio', 'uploader=ann', 'subject=speaker-1', 'class=raw-audio&state=deleted']) {
      expect((await api.call('GET', `/assets?${query}`, { as: 'eve' })).body).toEqual({ items: [] });
    }
  });
});

describe('another tenant’s upload', () => {
  it.each(uploadRoutes)('is unknown also to who has its token: $operation', async (route) => {
    const withTheirs = await observe(route, theirToken.assetId, theirToken.token);
    const withOurs = await observe(route, theirToken.assetId, ourToken.token);
    const ofNobody = await observe(route, unknown, ourToken.token);

    expect(withTheirs).toMatchObject({ status: 404, body: { code: 'not-found' }, s3: [] });
    expect(withOurs).toEqual(withTheirs);
    expect(ofNobody).toEqual(withTheirs);
  });
});

describe('another tenant’s member', () => {
  it.each(['PATCH', 'DELETE'])('is as unknown as nobody: %s', async (method) => {
    const body = method === 'PATCH' ? { roles: ['viewer'] } : undefined;
    const [member, nobody] = [
      await api.call(method, '/members/victim', { as: 'eve', body }),
      await api.call(method, '/members/nobody', { as: 'eve', body }),
    ];

    expect(member).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect(member).toEqual(nobody);
    expect(await api.services.members.get('victim', 't10')).toBeDefined();
  });
});

describe('an id that is none', () => {
  it.each([
    ['lower case', theirs.stored.toLowerCase()],
    ['too short', theirs.stored.slice(1)],
    ['too long', `${theirs.stored}0`],
    ['a letter that ULIDs lack', theirs.stored.replace('Z', 'U')],
    ['a slash', '01JZ8K2M4N6P8Q0R2S4T6V8%2F01'],
    ['a slash, encoded twice', '01JZ8K2M4N6P8Q0R2S4T6%252F01'],
    ['NUL', '01JZ8K2M4N6P8Q0R2S4T6V8W%00'],
    ['a hash sign', '01JZ8K2M4N6P8Q0R2S4T6V8W%23'],
    ['broken UTF-8', '01JZ8K2M4N6P8Q0R2S4T6V8W%E0%A4'],
    ['an overlong slash', '01JZ8K2M4N6P8Q0R2S4T6V8W%C0%AF'],
    ['other digits', '０1JZ8K2M4N6P8Q0R2S4T6V8W01'],
  ])('is refused before anything is read: %s', async (_what, id) => {
    for (const route of assetRoutes) {
      const { status, s3, sent } = await observe(route, id);

      expect(status).toBe(400);
      expect(s3).toEqual([]);
      expect(sent.filter((name) => name !== 'UpdateItem')).toEqual([]);
    }
  });
});
