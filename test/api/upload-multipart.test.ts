import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wordKey } from '../../core/catalog/keys.ts';
import { hours } from '../../core/time.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { assetRow } from './asset-rows.ts';
import { digest, multipartUpload, putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

interface Begun {
  readonly assetId: string;
  readonly token: string;
}

const begin = async (body: object = multipartUpload()): Promise<Begun> =>
  (await api.call('POST', '/uploads', { as: 'ann', body })).body;
const threeParts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: `"e${partNumber}"`, crc32: 'AAAAAA==' }));
const complete = ({ assetId, token }: Begun, change: object = {}) =>
  api.call('POST', `/uploads/${assetId}/complete`, {
    as: 'ann',
    body: { token, parts: threeParts, crc32: 'y/Q5Jg==', ...change },
  });
const abort = ({ assetId, token }: Begun) =>
  api.call('DELETE', `/uploads/${assetId}`, { as: 'ann', headers: { 'upload-token': token } });

describe('a multipart upload', () => {
  it('signs parts again, for those that are named', async () => {
    const { assetId, token } = await begin();
    const { status, body } = await api.call('POST', `/uploads/${assetId}/parts`, {
      as: 'ann',
      body: { token, partNumbers: [3, 1] },
    });

    expect(status).toBe(200);
    expect(body.parts.map(({ partNumber }: { partNumber: number }) => partNumber)).toEqual([3, 1]);
    expect(new URL(body.parts[0].url).searchParams.get('partNumber')).toBe('3');
  });

  it.each([[[]], [[0]], [[-1]], [[4]], [[10_001]], [[1, 1]], [[1.5]], [['1']], ['1'], [Array(1001).fill(1)]])(
    'signs no parts %j',
    async (partNumbers) => {
      const { assetId, token } = await begin();
      const answer = await api.call('POST', `/uploads/${assetId}/parts`, { as: 'ann', body: { token, partNumbers } });

      expect(answer).toMatchObject({ status: 400, body: { code: 'bad-request' } });
    },
  );

  it('is completed with the CRC32 of the whole and its exact length', async () => {
    const begun = await begin();
    const { status, body } = await complete(begun);
    const sent = api.s3.requests.at(-1);

    expect({ status, body }).toEqual({ status: 200, body: { assetId: begun.assetId, state: 'landed' } });
    expect(sent?.headers).toMatchObject({
      'x-amz-checksum-crc32': 'y/Q5Jg==',
      'x-amz-checksum-type': 'FULL_OBJECT',
      'x-amz-mp-object-size': String(20 * 1024 ** 2),
      'if-none-match': '*',
    });
  });

  it('answers where it stands when it is completed again', async () => {
    const begun = await begin();
    await complete(begun);

    expect(await complete(begun)).toMatchObject({ status: 200, body: { state: 'landed' } });
    await api.table.put(assetRow({ assetId: begun.assetId }));
    expect(await complete(begun)).toMatchObject({ status: 200, body: { state: 'stored' } });
  });

  it('leaves the client’s digest for intake before S3 hears of the end', async () => {
    const begun = await begin();
    const key = wordKey('acme', begun.assetId);
    api.s3.next = { method: 'POST', status: 500, code: 'InternalError' };

    expect((await complete(begun, { sha256: digest })).status).toBe(503);
    expect((await complete(begun, { sha256: digest })).status).toBe(200);
    expect(await readRow(key)).toMatchObject({ kind: 'word', sha256: digest, tenant: 'acme', assetId: begun.assetId });
  });

  it('takes one word only', async () => {
    const begun = await begin();
    await complete(begun, { sha256: digest });

    const answer = await complete(begun, { sha256: digest.replace('4', '5') });

    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable', fields: [{ pointer: '/sha256' }] } });
  });

  it.each([
    ['too few parts', { parts: threeParts.slice(0, 2) }],
    ['a part twice', { parts: [threeParts[0], threeParts[0], threeParts[2]] }],
    ['parts out of order', { parts: [...threeParts].reverse() }],
    ['no parts', { parts: [] }],
    ['a CRC32 of the wrong length', { crc32: 'AAAA' }],
    ['no CRC32', { crc32: undefined }],
    ['a part without ETag', { parts: [{ partNumber: 1 }] }],
    ['an ETag that closes the XML', { parts: threeParts.map((part) => ({ ...part, etag: '"</ETag>"' })) }],
    ['10,001 parts', { parts: Array.from({ length: 10_001 }, (_, at) => ({ partNumber: at + 1, etag: 'e' })) }],
    ['a key', { key: 'other' }],
  ])('is not completed with %s', async (_what, change) => {
    const begun = await begin();
    api.s3.requests.length = 0;
    const answer = await complete(begun, change);

    expect([400, 413]).toContain(answer.status);
    expect(api.s3.requests).toEqual([]);
  });

  it.each([
    ['InvalidPart', 400, 422],
    ['InvalidPartOrder', 400, 422],
    ['EntityTooSmall', 400, 422],
    ['BadDigest', 400, 422],
    ['ConditionalRequestConflict', 409, 409],
    ['SlowDown', 503, 503],
  ])('tells what S3’s %s means', async (code, answered, status) => {
    const begun = await begin();
    api.s3.next = { method: 'POST', status: answered, code };

    const answer = await complete(begun);

    expect(answer.status).toBe(status);
    expect(answer.body.detail).not.toContain(code);
  });

  it('is landed when an answer was lost and S3 has the object', async () => {
    const begun = await begin();
    api.s3.next = { method: 'POST', status: 412, code: 'PreconditionFailed' };

    expect(await complete(begun)).toMatchObject({ status: 200, body: { state: 'landed' } });
  });

  it('answers 202 while S3 is still at work', async () => {
    await using slow = await startApi(
      ({ landing }) => ({ landing: { ...landing, completeMultipart: async () => 'running' } }),
      api.table,
    );
    await slow.member('ann', ['contributor']);
    const { body } = await slow.call('POST', '/uploads', { as: 'ann', body: multipartUpload() });
    const answer = await slow.call('POST', `/uploads/${body.assetId}/complete`, {
      as: 'ann',
      body: { token: body.token, parts: threeParts, crc32: 'y/Q5Jg==' },
    });

    expect(answer).toMatchObject({ status: 202, body: { state: 'expected' } });
  });

  it('is aborted, also twice, and then gone', async () => {
    const begun = await begin();

    expect((await abort(begun)).status).toBe(204);
    expect((await abort(begun)).status).toBe(204);
    expect(await complete(begun)).toMatchObject({ status: 410, body: { code: 'gone' } });
  });

  it('is not aborted once it is complete', async () => {
    const begun = await begin();
    await complete(begun);

    expect(await abort(begun)).toMatchObject({ status: 409, body: { code: 'conflict' } });
  });

  it('is what parts, complete and abort are for', async () => {
    const begun = await begin(putUpload());

    expect((await complete(begun)).status).toBe(400);
    expect((await abort(begun)).status).toBe(400);
  });

  it('ends after a day', async () => {
    await using own = await startApi(undefined, api.table);
    await own.member('ann', ['contributor']);
    const { body } = await own.call('POST', '/uploads', { as: 'ann', body: multipartUpload() });
    own.clock.advance(hours(24));
    const answer = await own.call('POST', `/uploads/${body.assetId}/parts`, {
      as: 'ann',
      body: { token: body.token, partNumbers: [1] },
    });

    expect(answer).toMatchObject({ status: 410, body: { code: 'gone' } });
  });
});

const readRow = async (key: { pk: string; sk: string }) => {
  const { GetCommand } = await import('@aws-sdk/lib-dynamodb');
  return (await api.table.client.send(new GetCommand({ TableName: api.table.name, Key: key }))).Item;
};
