import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../core/routes.ts';
import { parseJsonBody } from '../../lambdas/api/json-body.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('root', ['admin']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const send = (raw: string | Uint8Array, headers: Record<string, string> = {}) =>
  api.call('POST', '/uploads', { as: 'root', raw, headers });
const json = JSON.stringify(putUpload());

/** What is said by the path alone. */
const withoutBody = ['undeleteAsset', 'confirmJob', 'cancelJob'];

describe('a body', () => {
  it('may come as text or as base64', async () => {
    expect((await send(json)).status).toBe(201);
    expect((await send(bytes(json))).status).toBe(201);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may be called %s',
    async (type) => {
      expect((await send(json, { 'content-type': type })).status).toBe(201);
    },
  );

  it.each([
    'application/xml',
    'text/json',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json; charset=utf-16',
    'application/json; charset=utf-7',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('called `%s` is refused', async (type) => {
    expect(await send(json, { 'content-type': type })).toMatchObject({
      status: 415,
      body: { code: 'unsupported-media-type' },
    });
  });

  it.each(['gzip', 'deflate', 'br', 'identity'])('encoded as %s is refused', async (encoding) => {
    expect((await send(gzipSync(json), { 'content-encoding': encoding })).status).toBe(415);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello'],
    ['two values', '{} {}'],
    ['a trailing comma', '{"class":"raw-audio",}'],
    ['a comment', '{/* */}'],
    ['NaN', '{"bytes":NaN}'],
    ['an open string', '{"class":"raw'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '""'],
    ['a number', '7'],
    ['a key twice', `{"class":"raw-audio",${json.slice(1)}`],
    ['a key twice, once with an escape', `{"cl\\u0061ss":"raw-audio",${json.slice(1)}`],
    ['`__proto__`', `{"__proto__":{"admin":true},${json.slice(1)}`],
    ['`__proto__` deep inside, escaped', `{"attributes":{"\\u005f_proto__":1},${json.slice(1)}`],
    ['a constructor', `{"constructor":{"prototype":{}},${json.slice(1)}`],
    ['a number past every number', json.replace('1000', '1e400')],
    ['minus zero', json.replace('1000', '-0')],
    ['half a surrogate pair, escaped', json.replace('interview', '\\ud800')],
    ['half a surrogate pair as a key', `{"\\udc00":1,${json.slice(1)}`],
    ['13 levels', `${'['.repeat(13)}${']'.repeat(13)}`],
    ['100,000 levels', '['.repeat(100_000)],
    ['100,000 objects', '{"a":'.repeat(50_000)],
  ])('of %s is refused', async (_what, raw) => {
    expect(await send(raw)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  it.each([
    ['a byte that never is UTF-8', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['a surrogate in UTF-8', [0xed, 0xa0, 0x80]],
    ['UTF-16', [...Buffer.from(json, 'utf16le')]],
  ])('with %s is refused', async (_what, raw) => {
    expect((await send(Uint8Array.from(raw))).status).toBe(400);
  });

  it('past 256 KiB is refused', async () => {
    expect(await send(json.replace('interview', 'x'.repeat(262_144)))).toMatchObject({
      status: 413,
      body: { code: 'too-large' },
    });
  });

  it('of ten megabytes or a list of a million is refused quickly', async () => {
    expect((await send('x'.repeat(10_000_000))).status).toBe(413);
    expect((await send(`[${'1,'.repeat(999_999)}1]`)).status).toBe(413);
  });

  it('leaves no prototype changed', async () => {
    await send(`{"__proto__":{"polluted":1},${json.slice(1)}`);
    await send(`{"attributes":{"constructor":{"prototype":{"polluted":1}}},${json.slice(1)}`);

    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it.each(routes.filter(({ method }) => method === 'POST' || method === 'PUT' || method === 'PATCH'))(
    'with a field that nobody knows is refused: $operation',
    async ({ method, path, operation }) => {
      if (withoutBody.includes(operation)) return;
      const real = path
        .replace('{assetId}', '01JZ8K2M4N6P8Q0R2S4T6V8W0X')
        .replace('{principal}', 'ann')
        .replace('{class}', 'raw-audio')
        .replace('{jobId}', 'restore-1')
        .replace('{holdId}', 'case~c~01JZ8K2M4N6P8Q0R2S4T6V8W0X');
      const answer = await api.call(method, real, {
        as: 'root',
        body: { isAdmin: true },
        headers: { 'if-match': '*' },
      });

      expect(answer).toMatchObject({ status: 400 });
      expect(answer.body.fields).toContainEqual({ pointer: '/isAdmin', message: 'is not known here' });
    },
  );
});

describe('the strict reader', () => {
  it('reads whatever JSON.stringify writes, as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8, noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        if (text.includes('__proto__') || !text.isWellFormed() || /\\ud[89a-f]/i.test(text)) return;

        expect(parseJsonBody(bytes(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never takes what JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ':',
      ',',
      '\\',
      'a',
      '1',
      ' ',
      '"a"',
      '"a":',
      'null',
      '\\"',
      '\n',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => parseJsonBody(bytes(text))).toThrow();
          return;
        }
        try {
          expect(parseJsonBody(bytes(text))).toEqual(expected);
        } catch (error) {
          expect(String(error)).toContain('the same key twice');
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to the text, whatever stands in it', () => {
    for (const text of [
      '"'.repeat(200_000),
      '"\\'.repeat(100_000),
      `"${'\\\\'.repeat(120_000)}`,
      ' '.repeat(250_000),
      '"a"   '.repeat(40_000),
    ]) {
      expect(() => parseJsonBody(bytes(text))).toThrow();
    }
  });
});
