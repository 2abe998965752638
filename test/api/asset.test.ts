import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataClasses } from '../../config/data-classes.ts';
import { newAssetId } from '../../core/asset-id.ts';
import { versionsKey } from '../../core/catalog/keys.ts';
import { Asset, ContentLink, VersionPage } from '../../core/schemas/asset.ts';
import { days } from '../../core/time.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';
import { type AssetWish, assetRow, marker, version } from './asset-rows.ts';

let api: TestApi;
let assetId: string;
beforeAll(async () => {
  // Times of the built-in classes have no floor; one gets it here.
  api = await startApi(() => ({
    classes: dataClasses.map((known) =>
      known.name === 'raw-text' ? { ...known, retention: { floor: days(365) } } : known,
    ),
  }));
  await api.member('vic', ['viewer']);
  await api.member('noa', ['annotator']);
  await api.member('ann', ['contributor']);
  await api.member('bob', ['contributor']);
  await api.member('max', ['manager']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  assetId = await store();
});

const store = async (wish: Omit<AssetWish, 'assetId'> = {}): Promise<string> => {
  const id = newAssetId({ now: () => startTime, random: Math.random });
  await api.table.put(assetRow({ assetId: id, ...wish }));
  return id;
};
const get = (path = '', as = 'vic', headers = {}) => api.call('GET', `/assets/${assetId}${path}`, { as, headers });
const factsPath = () => `vault/facts/acme/${assetId}`;

describe('an asset', () => {
  it('is read in the documented shape, with an ETag', async () => {
    const { status, body, headers } = await get();

    expect(status).toBe(200);
    expect(Asset.safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ assetId, tenant: 'acme', class: 'raw-audio', state: 'stored', versionCount: 1 });
    expect(headers['etag']).toMatch(/^"[\w-]{22}"$/);
  });

  it('is gone when no version is left', async () => {
    assetId = await store({ state: 'gone', versions: [] });

    expect(await get()).toMatchObject({ status: 410, body: { code: 'gone' } });
  });

  it('is not found under an id that nobody has', async () => {
    expect(await api.call('GET', '/assets/01JZ8K2M4N6P8Q0R2S4T6V8W0X', { as: 'vic' })).toMatchObject({
      status: 404,
      body: { code: 'not-found' },
    });
  });
});

describe('the versions of an asset', () => {
  it('come newest first, from the row and then from the pages', async () => {
    const all = Array.from({ length: 7 }, (_, at) => version(`v${7 - at}`));
    assetId = await store({ versions: all.slice(0, 2), versionCount: 7 });
    await api.table.put({
      ...versionsKey('acme', assetId, 1),
      kind: 'versions',
      tenant: 'acme',
      versions: all.slice(2, 4),
    });
    await api.table.put({
      ...versionsKey('acme', assetId, 0),
      kind: 'versions',
      tenant: 'acme',
      versions: all.slice(4),
    });
    const seen: string[] = [];
    let query = '';
    do {
      const { body } = await get(`/versions${query}`);
      expect(VersionPage.safeParse(body).error).toBeUndefined();
      seen.push(...body.items.map(({ versionId }: { versionId: string }) => versionId));
      query = body.cursor === undefined ? '' : `?cursor=${body.cursor}`;
    } while (query !== '');

    expect(seen).toEqual(['v7', 'v6', 'v5', 'v4', 'v3', 'v2', 'v1']);
  });

  it('are one page where the row holds them all', async () => {
    const { body } = await get('/versions');

    expect(body).toEqual({ items: [version('v1')] });
  });
});

describe('the content of an asset', () => {
  it('is linked for five minutes, pinned to the current version, as an attachment', async () => {
    const { status, body } = await get('/content');
    const url = new URL(body.url);

    expect(status).toBe(200);
    expect(ContentLink.safeParse(body).error).toBeUndefined();
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      versionId: 'v1',
      'X-Amz-Expires': '300',
      'response-content-type': 'audio/wav',
      'response-content-disposition': `attachment; filename="interview.wav"; filename*=UTF-8''interview.wav`,
    });
    expect(body.expiresAt).toBe(new Date(startTime + 300_000).toISOString());
  });

  it('is reached by redirection where asked', async () => {
    const { status, headers, text } = await get('/content?redirect=true');

    expect({ status, text }).toEqual({ status: 302, text: '' });
    expect(headers['location']).toContain('X-Amz-Signature=');
    expect(headers['cache-control']).toBe('no-store');
  });

  it.each([
    ['text/html', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['application/xhtml+xml', 'application/octet-stream'],
    ['text/xml', 'application/octet-stream'],
    ['application/javascript', 'application/octet-stream'],
    ['text/html; x="', 'application/octet-stream'],
    ['image/jpeg', 'image/jpeg'],
    ['application/json', 'application/json'],
  ])('of type %s is served as %s', async (contentType, served) => {
    assetId = await store({ contentType });
    const { body } = await get('/content');

    expect(new URL(body.url).searchParams.get('response-content-type')).toBe(served);
  });

  it.each([
    [
      'a\r\nSet-Cookie: x.wav',
      /^attachment; filename="a__Set-Cookie_ x\.wav"; filename\*=UTF-8''a%0D%0ASet-Cookie%3A%20x\.wav$/,
    ],
    [
      'a"; filename="b.exe',
      /^attachment; filename="a__ filename__b\.exe"; filename\*=UTF-8''a%22%3B%20filename%3D%22b\.exe$/,
    ],
    ['ä\u202e.wav', /^attachment; filename="__\.wav"; filename\*=UTF-8''%C3%A4%E2%80%AE\.wav$/],
  ])('named %j cannot end its header', async (filename, disposition) => {
    assetId = await store({ filename });
    const { body } = await get('/content');

    expect(new URL(body.url).searchParams.get('response-content-disposition')).toMatch(disposition);
  });

  it('is had of an older version, whose digest nobody knows', async () => {
    assetId = await store({ versions: [version('v2'), version('v1', { bytes: 7 })] });
    const { body } = await get('/content?versionId=v1');

    expect(body).toMatchObject({ versionId: 'v1', bytes: 7 });
    expect(body.sha256).toBeUndefined();
  });

  it('is had of a version that only a page knows', async () => {
    assetId = await store({ versions: [version('v2')], versionCount: 2 });
    await api.table.put({
      ...versionsKey('acme', assetId, 0),
      kind: 'versions',
      tenant: 'acme',
      versions: [version('v1')],
    });

    expect((await get('/content?versionId=v1')).status).toBe(200);
  });

  it.each([
    ['an unknown version', 'v9', 404],
    ['a delete marker', 'm1', 404],
    ['a version with a line break', '%0d%0a', 400],
    ['an empty version', '', 400],
  ])('is not had of %s', async (_what, versionId, status) => {
    assetId = await store({ versions: [version('v2'), marker('m1')] });

    expect((await get(`/content?versionId=${versionId}`)).status).toBe(status);
  });

  it('is not had while the asset is deleted', async () => {
    assetId = await store({ state: 'deleted', versions: [marker('m1'), version('v1')] });

    expect(await get('/content')).toMatchObject({ status: 410, body: { detail: /undelete brings it back/ } });
  });

  it('is not had from the archive, unless a restored copy outlives the link', async () => {
    const archived = [version('v1', { storageClass: 'DEEP_ARCHIVE' })];
    const wish = (restore?: { ongoing: boolean; until?: string }) =>
      store({ versions: archived, ...(restore === undefined ? {} : { detail: { restore } }) });
    const statusOf = async (restore?: { ongoing: boolean; until?: string }) => {
      assetId = await wish(restore);
      return (await get('/content')).status;
    };

    expect(await statusOf()).toBe(409);
    expect(await statusOf({ ongoing: true })).toBe(409);
    expect(await statusOf({ ongoing: false, until: new Date(startTime + 1000).toISOString() })).toBe(409);
    expect(await statusOf({ ongoing: false, until: new Date(startTime + days(1)).toISOString() })).toBe(200);
  });
});

describe('a change of attributes', () => {
  const change = (attributes: unknown, ifMatch: string | undefined, as = 'noa') =>
    api.call('PATCH', `/assets/${assetId}`, {
      as,
      body: { attributes },
      headers: ifMatch === undefined ? {} : { 'if-match': ifMatch },
    });
  const etag = async () => (await get()).headers['etag'];

  it('writes a facts object and answers the new state', async () => {
    assetId = await store({ attributes: { language: 'hi', title: 'old' } });
    const { status, body } = await change({ title: 'new' }, await etag());

    expect(status).toBe(200);
    expect(Asset.safeParse(body).error).toBeUndefined();
    expect(body.attributes).toEqual({ language: 'hi', title: 'new' });
    expect(JSON.parse(api.s3.objects.get(factsPath()) ?? '')).toEqual({
      v: 1,
      assetId,
      tenant: 'acme',
      key: `raw/audio/acme/2026-01-31/${assetId}/interview.wav`,
      attributes: { language: 'hi', title: 'new' },
      updatedAt: new Date(startTime).toISOString(),
      updatedBy: 'noa',
    });
  });

  it('takes away what is null', async () => {
    assetId = await store({ attributes: { language: 'hi', title: 'old' } });

    expect((await change({ title: null }, await etag())).body.attributes).toEqual({ language: 'hi' });
  });

  it('follows another with the ETag that it answered, before the catalog has caught up', async () => {
    const first = await change({ title: 'one' }, await etag());
    const second = await change({ language: 'hi' }, first.headers['etag']);

    expect(second).toMatchObject({ status: 200, body: { attributes: { title: 'one', language: 'hi' } } });
  });

  it('is refused on what was read before another change', async () => {
    const read = await etag();
    await change({ title: 'one' }, read);

    expect(await change({ title: 'two' }, read)).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
  });

  it('loses no other change where two write at once', async () => {
    const read = await etag();
    const answers = await Promise.all(Array.from({ length: 10 }, (_, at) => change({ title: `t${at}` }, read)));
    const statuses = answers.map(({ status }) => status).sort();

    expect(statuses).toEqual([200, ...Array(9).fill(412)]);
  });

  it('needs the ETag', async () => {
    expect(await change({ title: 'x' }, undefined)).toMatchObject({
      status: 428,
      body: { code: 'precondition-required' },
    });
  });

  it.each(['weak', 'W/"abc"', '"a", "b"', '""', '"a\u0001"'])('is refused with If-Match %s', async (ifMatch) => {
    expect((await change({ title: 'x' }, ifMatch)).status).toBe(400);
  });

  it('leaves a facts object of somebody else’s asset out of account', async () => {
    api.s3.objects.set(factsPath(), JSON.stringify({ v: 1, assetId: 'other', attributes: { title: 'evil' } }));

    expect((await change({ language: 'hi' }, await etag())).body.attributes).toEqual({ language: 'hi' });
  });

  it.each([
    ['an unknown attribute', { colour: 'red' }, 422],
    ['a value of the wrong type', { title: 7 }, 422],
    ['an attribute named like a prototype', { constructor: 'x' }, 422],
    ['an attribute named like an expression', { '#state = :v': 1 }, 422],
    ['nothing', {}, 400],
    ['a list', [], 400],
  ])('is refused for %s', async (_what, attributes, status) => {
    const read = await etag();
    api.s3.requests.length = 0;

    expect((await change(attributes, read)).status).toBe(status);
    expect(api.s3.requests.filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it.each([
    { state: 'gone' },
    { legalHold: false },
    { retentionUntil: '2020-01-01' },
    { tenant: 'x' },
    { uploader: 'noa' },
  ])('is refused for %j beside the attributes', async (extra) => {
    const answer = await api.call('PATCH', `/assets/${assetId}`, {
      as: 'noa',
      body: { attributes: { title: 'x' }, ...extra },
      headers: { 'if-match': '*' },
    });

    expect(answer).toMatchObject({ status: 400, body: { fields: [{ message: 'is not known here' }] } });
  });

  it('is nothing that a viewer may do', async () => {
    expect((await change({ title: 'x' }, '*', 'vic')).status).toBe(403);
  });

  it('is refused on a deleted asset', async () => {
    assetId = await store({ state: 'deleted', versions: [marker('m1'), version('v1')] });

    expect((await change({ title: 'x' }, '*')).status).toBe(410);
  });
});

describe('a deletion', () => {
  const remove = (as = 'ann', headers = {}) => api.call('DELETE', `/assets/${assetId}`, { as, headers });
  const markers = () => api.s3.requests.filter(({ method }) => method === 'DELETE').length;

  it('puts a delete marker and no more', async () => {
    api.s3.requests.length = 0;
    const { status, body } = await remove();

    expect({ status, body }).toMatchObject({
      status: 200,
      body: { assetId, state: 'deleted', markerVersionId: /^marker-/ },
    });
    expect(api.s3.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      bucket: 'vault',
      query: { 'x-id': 'DeleteObject' },
    });
  });

  it('is done already where the asset is deleted', async () => {
    assetId = await store({ state: 'deleted', versions: [marker('m1'), version('v1')] });
    const before = markers();

    expect(await remove()).toMatchObject({ status: 200, body: { markerVersionId: 'm1' } });
    expect(markers()).toBe(before);
  });

  it('is refused where the asset has changed since it was read', async () => {
    expect(await remove('ann', { 'if-match': '"aaaaaaaaaaaaaaaaaaaaaa"' })).toMatchObject({ status: 412 });
  });

  it('is what an uploader may do with their own, and a manager with any', async () => {
    expect((await remove('bob')).status).toBe(403);
    expect((await remove('vic')).status).toBe(403);
    expect((await remove('max')).status).toBe(200);
  });

  it('waits for the release of a legal hold', async () => {
    assetId = await store({ detail: { legalHold: true } });

    expect(await remove()).toMatchObject({ status: 422, body: { detail: /legal hold/ } });
  });

  it('waits for the floor of the class', async () => {
    assetId = await store({ dataClass: 'raw-text', contentType: 'text/plain' });
    const before = markers();

    expect(await remove()).toMatchObject({ status: 422, body: { detail: /kept until 2027-01-31T08:00:00.000Z/ } });
    expect(markers()).toBe(before);
  });
});

describe('an undeletion', () => {
  const undelete = (as = 'ann') => api.call('POST', `/assets/${assetId}/undelete`, { as });

  it('has every marker removed that hides the content', async () => {
    assetId = await store({ state: 'deleted', versions: [marker('m2'), marker('m1'), version('v1'), marker('m0')] });
    api.undeleted.length = 0;
    const { status, body } = await undelete();

    expect({ status, body }).toEqual({ status: 200, body: { assetId, state: 'stored' } });
    expect(api.undeleted.map((text) => text.split('@')[1])).toEqual(['m2', 'm1']);
  });

  it('has nothing to do where the asset is there', async () => {
    api.undeleted.length = 0;

    expect((await undelete()).status).toBe(200);
    expect(api.undeleted).toEqual([]);
  });

  it('is refused where no content is left', async () => {
    assetId = await store({ state: 'gone', versions: [marker('m1')] });

    expect((await undelete()).status).toBe(410);
  });

  it('is what an uploader may do with their own', async () => {
    assetId = await store({ state: 'deleted', versions: [marker('m1'), version('v1')] });

    expect((await undelete('bob')).status).toBe(403);
  });

  it('is a conflict where something else lies on top by now', async () => {
    await using own = await startApi(() => ({ undelete: async () => 'not-a-marker' }), api.table);
    await own.member('max', ['manager']);
    await own.table.put(assetRow({ assetId, state: 'deleted', versions: [marker('m1'), version('v1')] }));

    expect((await own.call('POST', `/assets/${assetId}/undelete`, { as: 'max' })).status).toBe(409);
  });
});
