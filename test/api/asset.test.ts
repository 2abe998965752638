import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { newAssetId } from '../../core/asset-id.ts';
import { versionsKey } from '../../core/catalog/keys.ts';
import { Asset, ContentLink, VersionPage } from '../../core/schemas/asset.ts';
import { days } from '../../core/time.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';
import { type AssetWish, assetRow, marker, version } from './asset-rows.ts';

let api: TestApi;
let assetId: string;
beforeAll(async () => {
  api = await startApi();
  await api.member('vic', ['viewer']);
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
    expect(api.counted).toContain('ContentRead');
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
    const told = async () => (await get('/content')).body.detail;
    const statusOf = async (restore?: { ongoing: boolean; until?: string }) => {
      assetId = await wish(restore);
      return (await get('/content')).status;
    };

    expect(await statusOf()).toBe(409);
    expect(await told()).toMatch(/`mediakeep restore --asset .+` \(POST \/jobs\/restore/);
    expect(await statusOf({ ongoing: true })).toBe(409);
    expect(await statusOf({ ongoing: false, until: new Date(startTime + 1000).toISOString() })).toBe(409);
    expect(await statusOf({ ongoing: false, until: new Date(startTime + days(1)).toISOString() })).toBe(200);
  });
});
