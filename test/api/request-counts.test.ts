import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApi, type TestApi, type TestRequest } from './api-under-test.ts';
import { assetRow, marker, version } from './asset-rows.ts';
import { digest, formUpload, multipartUpload, putUpload } from './uploads.ts';

const stored = '01JZ8K2M4N6P8Q0R2S4T6V8W01';
const deleted = '01JZ8K2M4N6P8Q0R2S4T6V8W02';
let api: TestApi;
let open: { assetId: string; token: string };
beforeAll(async () => {
  api = await startApi();
  await api.member('root', ['admin']);
  await api.member('ann', ['viewer']);
  await api.table.put(assetRow({ assetId: stored }));
  await api.table.put(assetRow({ assetId: deleted, state: 'deleted', versions: [marker('m'), version('v')] }));
  open = (await api.call('POST', '/uploads', { as: 'root', body: multipartUpload() })).body;
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const token = () => ({ headers: { 'upload-token': open.token } });
const parts = [1, 2, 3].map((partNumber) => ({ partNumber, etag: 'e' }));
const key = (text: string) => ({ headers: { 'idempotency-key': text } });

/** At once: the tenant's rules, the holds of the asset and of its data subject. */
const decision = ['Query', 'Query', 'Query'];

/** [what is done, method, path, request, requests to the table besides the counter, requests to S3] */
const costs: readonly (readonly [string, string, () => string, () => TestRequest, string[], string[]])[] = [
  ['begin a PUT', 'POST', () => '/uploads', () => ({ body: putUpload() }), [], []],
  ['begin a form', 'POST', () => '/uploads', () => ({ body: formUpload() }), [], []],
  ['begin in parts', 'POST', () => '/uploads', () => ({ body: multipartUpload() }), [], ['POST']],
  ['begin with a key', 'POST', () => '/uploads', () => ({ body: putUpload(), ...key('a') }), ['PutItem'], []],
  [
    'begin in parts with a key',
    'POST',
    () => '/uploads',
    () => ({ body: multipartUpload(), ...key('b') }),
    ['PutItem', 'UpdateItem'],
    ['POST'],
  ],
  ['begin again with the key', 'POST', () => '/uploads', () => ({ body: putUpload(), ...key('a') }), ['PutItem'], []],
  [
    'sign parts',
    'POST',
    () => `/uploads/${open.assetId}/parts`,
    () => ({ body: { token: open.token, partNumbers: [1] } }),
    [],
    [],
  ],
  ['state, nothing there', 'GET', () => `/uploads/${open.assetId}`, token, ['Query'], ['HEAD']],
  [
    'complete, with a word',
    'POST',
    () => `/uploads/${open.assetId}/complete`,
    () => ({ body: { token: open.token, parts, crc32: 'y/Q5Jg==', sha256: digest } }),
    ['PutItem'],
    ['POST'],
  ],
  ['list by class', 'GET', () => '/assets?class=raw-audio', () => ({}), ['Query'], []],
  [
    'list by class and time',
    'GET',
    () => '/assets?class=raw-audio&from=2026-01-01T00:00:00Z',
    () => ({}),
    ['Query'],
    [],
  ],
  ['list by uploader', 'GET', () => '/assets?uploader=ann', () => ({}), ['Query'], []],
  ['list by subject', 'GET', () => '/assets?subject=speaker-1', () => ({}), ['Query'], []],
  ['list by case', 'GET', () => '/assets?case=c', () => ({}), ['Query'], []],
  ['list by phrase', 'GET', () => '/assets?language=hi&intent=lamp&variation=v', () => ({}), ['Query'], []],
  ['list by content', 'GET', () => `/assets?sha256=${encodeURIComponent(digest)}&bytes=1`, () => ({}), ['Query'], []],
  ['list what is deleted', 'GET', () => '/assets?class=raw-audio&state=deleted', () => ({}), ['Query'], []],
  ['read an asset', 'GET', () => `/assets/${stored}`, () => ({}), ['GetItem', ...decision], []],
  ['why it is kept', 'GET', () => `/assets/${stored}/why`, () => ({}), ['GetItem', ...decision], []],
  ['its versions', 'GET', () => `/assets/${stored}/versions`, () => ({}), ['GetItem'], []],
  ['its content', 'GET', () => `/assets/${stored}/content`, () => ({}), ['GetItem'], []],
  [
    'change it',
    'PATCH',
    () => `/assets/${stored}`,
    () => ({ body: { attributes: { title: 'x' } }, headers: { 'if-match': '*' } }),
    ['GetItem'],
    ['GET', 'PUT'],
  ],
  ['delete it', 'DELETE', () => `/assets/${stored}`, () => ({}), ['GetItem', ...decision], ['DELETE']],
  ['undelete', 'POST', () => `/assets/${deleted}/undelete`, () => ({}), ['GetItem', ...decision], []],
  ['list members', 'GET', () => '/members', () => ({}), ['Query'], []],
  [
    'add a member',
    'POST',
    () => '/members',
    () => ({ body: { principal: 'new', roles: ['viewer'] } }),
    ['PutItem'],
    [],
  ],
  [
    'change a member',
    'PATCH',
    () => '/members/ann',
    () => ({ body: { roles: ['annotator'] } }),
    ['GetItem', 'PutItem'],
    [],
  ],
  ['remove a member', 'DELETE', () => '/members/ann', () => ({}), ['GetItem', 'DeleteItem'], []],
  ['who am I', 'GET', () => '/me', () => ({}), [], []],
  ['classes', 'GET', () => '/classes', () => ({}), [], []],
];

describe('the requests of an operation', () => {
  it.each(costs)('are known: %s', async (_what, method, path, request, toTable, toS3) => {
    // In a new minute the first two requests of a caller are counted by a write each.
    api.clock.advance(60_000);
    await api.call('GET', '/me', { as: 'root' });
    api.table.sent.length = 0;
    api.s3.requests.length = 0;

    const { status } = await api.call(method, path(), { as: 'root', ...request() });

    expect(status).toBeLessThan(300);
    expect({ table: api.table.sent, s3: api.s3.requests.map((sent) => sent.method) }).toEqual({
      table: ['UpdateItem', ...toTable],
      s3: toS3,
    });
  });

  it('hold one look at the membership in a minute', async () => {
    api.clock.advance(60_000);
    api.table.sent.length = 0;
    await api.call('GET', '/me', { as: 'root', tenant: 'acme' });
    await api.call('GET', '/me', { as: 'root', tenant: 'acme' });

    expect(api.table.sent).toEqual(['UpdateItem', 'GetItem', 'UpdateItem']);
  });

  it('hold no scan', async () => {
    expect(api.table.sent).not.toContain('Scan');
  });
});
