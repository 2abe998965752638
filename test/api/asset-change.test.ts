import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { dataClasses } from '../../config/data-classes.ts';
import { newAssetId } from '../../core/asset-id.ts';
import { Asset } from '../../core/schemas/asset.ts';
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
