import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duplicateKey, rejectedKey } from '../../core/catalog/keys.ts';
import { hours } from '../../core/time.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { assetRow } from './asset-rows.ts';
import { putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
  await api.member('bob', ['contributor']);
  await api.member('max', ['manager']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

interface Begun {
  readonly assetId: string;
  readonly token: string;
}

const begin = async (body: object): Promise<Begun> => (await api.call('POST', '/uploads', { as: 'ann', body })).body;
const state = ({ assetId, token }: Begun, as = 'ann') =>
  api.call('GET', `/uploads/${assetId}`, { as, headers: { 'upload-token': token } });

describe('the state of an upload', () => {
  it('is expected before the content comes', async () => {
    const begun = await begin(putUpload());

    expect((await state(begun)).body).toEqual({ assetId: begun.assetId, state: 'expected' });
  });

  it('is landed while the object lies in landing', async () => {
    const begun = await begin(putUpload());
    api.s3.objects.set(`landing/put/acme/${begun.assetId}`, 'x');

    expect((await state(begun)).body).toEqual({ assetId: begun.assetId, state: 'landed' });
  });

  it('is rejected with the reason that intake wrote', async () => {
    const begun = await begin(putUpload());
    await api.table.put({
      ...rejectedKey('acme', begun.assetId),
      kind: 'rejected',
      tenant: 'acme',
      assetId: begun.assetId,
      uploader: 'ann',
      reason: 'type-mismatch',
      message: 'The content is no WAV.',
      rejectedAt: '2026-01-31T08:00:01.000Z',
      expiresAt: 1,
    });

    expect((await state(begun)).body).toEqual({
      assetId: begun.assetId,
      state: 'rejected',
      reason: 'type-mismatch',
      message: 'The content is no WAV.',
      rejectedAt: '2026-01-31T08:00:01.000Z',
    });
  });

  it('is duplicate with the asset that has the content', async () => {
    const begun = await begin(putUpload());
    const duplicateOf = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
    await api.table.put({ ...duplicateKey('acme', begun.assetId), kind: 'duplicate', duplicateOf });

    expect((await state(begun)).body).toEqual({ assetId: begun.assetId, state: 'duplicate', duplicateOf });
  });

  it('is stored once the catalog has the asset, without a look at landing', async () => {
    const begun = await begin(putUpload());
    await api.table.put(assetRow({ assetId: begun.assetId }));
    api.s3.requests.length = 0;

    expect((await state(begun)).body).toEqual({ assetId: begun.assetId, state: 'stored' });
    expect(api.s3.requests).toEqual([]);
  });

  it('is gone when the time is over and nothing came', async () => {
    await using own = await startApi(undefined, api.table);
    await own.member('ann', ['contributor']);
    const { body } = await own.call('POST', '/uploads', { as: 'ann', body: putUpload() });
    own.clock.advance(hours(24));

    const answer = await own.call('GET', `/uploads/${body.assetId}`, {
      as: 'ann',
      headers: { 'upload-token': body.token },
    });

    expect(answer).toMatchObject({ status: 410, body: { code: 'gone' } });
  });

  it('is told to a manager, and to nobody else who holds the token', async () => {
    const begun = await begin(putUpload());

    expect((await state(begun, 'max')).status).toBe(200);
    expect((await state(begun, 'bob')).status).toBe(403);
  });
});

describe('a token', () => {
  it('is refused when a character was changed, whichever it is', async () => {
    const { assetId, token } = await begin(putUpload());
    for (let at = 0; at < token.length; at += 7) {
      if (token[at] === '.') continue;
      const changed = `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;

      expect((await state({ assetId, token: changed })).status).toBe(400);
    }
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['half of one', 'eyJ.abc'],
    ['64 KB', 'A'.repeat(65_536)],
  ])('is needed: %s is refused', async (_what, token) => {
    const { assetId } = await begin(putUpload());
    const headers: Record<string, string> = token === undefined ? {} : { 'upload-token': token };

    expect((await api.call('GET', `/uploads/${assetId}`, { as: 'ann', headers })).status).toBe(400);
  });

  it('belongs to one upload', async () => {
    const [one, two] = [await begin(putUpload()), await begin(putUpload())];

    expect((await state({ assetId: one.assetId, token: two.token })).status).toBe(404);
  });
});
