import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../core/bytes.ts';
import { Problem } from '../../core/schemas/problem.ts';
import { startApi, type TestApi } from './api-under-test.ts';
import { digest, formUpload, multipartUpload, putUpload } from './uploads.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startApi();
  await api.member('ann', ['contributor']);
  await api.member('camera', ['device'], { devices: ['door', 'yard'] });
  await api.member('blank', ['device']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
});

const sealed = {
  class: 'face-snapshot',
  filename: 'a.jpg',
  contentType: 'image/jpeg',
  bytes: 10,
  sha256: digest,
  subject: 's',
};
const command = { ...putUpload(), class: 'voice-command' };
const without = (name: string): object => ({ ...putUpload(), [name]: undefined });

/** [what is wrong, the body, status, code, the field that is named] */
const refusals: readonly (readonly [string, object, number, string, string?])[] = [
  ['no class', without('class'), 400, 'bad-request', '/class'],
  ['an unknown class', putUpload({ class: 'raw-adio' }), 400, 'bad-request', '/class'],
  ['a class with a path in it', putUpload({ class: '../raw-audio' }), 400, 'bad-request', '/class'],
  ['a sealed class', sealed, 422, 'class-sealed'],
  ['no file name', without('filename'), 400, 'bad-request', '/filename'],
  ['an empty file name', putUpload({ filename: '' }), 400, 'bad-request', '/filename'],
  ['a file name of spaces', putUpload({ filename: '  ' }), 400, 'bad-request', '/filename'],
  ['a file name of dots', putUpload({ filename: '..' }), 400, 'bad-request', '/filename'],
  ['a file name with a folder', putUpload({ filename: '../../x.wav' }), 400, 'bad-request', '/filename'],
  ['a file name with a backslash', putUpload({ filename: 'a\\b.wav' }), 400, 'bad-request', '/filename'],
  ['a file name with NUL', putUpload({ filename: 'a\0.wav' }), 400, 'bad-request', '/filename'],
  ['a file name with a line break', putUpload({ filename: 'a\r\nSet-Cookie: x' }), 400, 'bad-request', '/filename'],
  ['a file name with a C1 character', putUpload({ filename: 'a\u0085.wav' }), 400, 'bad-request', '/filename'],
  ['a file name that reads backwards', putUpload({ filename: 'a\u202Evaw.exe' }), 400, 'bad-request', '/filename'],
  ['a file name of 256 bytes', putUpload({ filename: 'ä'.repeat(128) }), 400, 'bad-request', '/filename'],
  ['no content type', without('contentType'), 400, 'bad-request', '/contentType'],
  [
    'a content type that the class does not take',
    putUpload({ contentType: 'text/html' }),
    415,
    'unsupported-media-type',
    '/contentType',
  ],
  ['SVG for a recording', putUpload({ contentType: 'image/svg+xml' }), 415, 'unsupported-media-type', '/contentType'],
  [
    'a content type with an open quote',
    putUpload({ contentType: 'text/html; x="' }),
    400,
    'bad-request',
    '/contentType',
  ],
  [
    'a content type of 10 KB',
    putUpload({ contentType: `audio/${'x'.repeat(10_240)}` }),
    400,
    'bad-request',
    '/contentType',
  ],
  ['no size', without('bytes'), 400, 'bad-request', '/bytes'],
  ['size and range', { ...putUpload(), byteRange: { min: 1, max: 2 } }, 400, 'bad-request', '/bytes'],
  ['an empty file', putUpload({ bytes: 0 }), 400, 'bad-request', '/bytes'],
  ['a negative size', putUpload({ bytes: -1 }), 400, 'bad-request', '/bytes'],
  ['half a byte', putUpload({ bytes: 1.5 }), 400, 'bad-request', '/bytes'],
  ['a size in text', putUpload({ bytes: '1000' }), 400, 'bad-request', '/bytes'],
  ['a size past 2⁵³', putUpload({ bytes: 2 ** 53 + 2 }), 400, 'bad-request', '/bytes'],
  ['one byte past the class', multipartUpload(GiB(5) + 1), 413, 'too-large', '/bytes'],
  ['48.8 TiB and a byte', multipartUpload(53_656_000_000_001), 413, 'too-large', '/bytes'],
  ['a range past the class', formUpload({ byteRange: { min: 1, max: GiB(6) } }), 413, 'too-large', '/byteRange/max'],
  [
    'a range past what a form takes',
    { ...formUpload(), class: 'user-file', byteRange: { min: 1, max: GiB(6) } },
    413,
    'too-large',
    '/byteRange/max',
  ],
  ['a reversed range', formUpload({ byteRange: { min: 9, max: 3 } }), 400, 'bad-request', '/byteRange'],
  ['a small file without its digest', without('sha256'), 400, 'bad-request', '/sha256'],
  ['a digest of the wrong length', putUpload({ sha256: 'AAAA' }), 400, 'bad-request', '/sha256'],
  [
    'a digest in hex',
    putUpload({ sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' }),
    400,
    'bad-request',
    '/sha256',
  ],
  [
    'a digest whose last bits are set',
    putUpload({ sha256: digest.replace('U=', 'V=') }),
    400,
    'bad-request',
    '/sha256',
  ],
  ['no data subject', without('subject'), 422, 'unprocessable', '/subject'],
  ['a data subject with a hash sign', putUpload({ subject: 'a#b' }), 400, 'bad-request', '/subject'],
  ['a data subject of 129 characters', putUpload({ subject: 'a'.repeat(129) }), 400, 'bad-request', '/subject'],
  ['no case for a recording of one', putUpload({ class: 'case-audio' }), 422, 'unprocessable', '/case'],
  [
    'a case for a spoken command',
    { ...command, attributes: { language: 'hi', intent: 'on', variation: '1' }, case: 'C-17' },
    422,
    'unprocessable',
    '/case',
  ],
  ['an empty consent', putUpload({ consent: '' }), 400, 'bad-request', '/consent'],
  ['a case that is an object', putUpload({ case: { $ne: null } }), 400, 'bad-request', '/case'],
  ['a missing attribute', command, 422, 'unprocessable', '/attributes/language'],
  ['an unknown attribute', putUpload({ attributes: { colour: 'red' } }), 422, 'unprocessable', '/attributes/colour'],
  [
    'an attribute of the wrong type',
    putUpload({ attributes: { language: 7 } }),
    422,
    'unprocessable',
    '/attributes/language',
  ],
  ['attributes that are a list', putUpload({ attributes: [] }), 400, 'bad-request', '/attributes'],
  ['attributes that are null', putUpload({ attributes: null }), 400, 'bad-request', '/attributes'],
  ['a tenant of one’s choice', putUpload({ tenant: 'other' }), 400, 'bad-request', '/tenant'],
  ['a key of one’s choice', putUpload({ key: 'vault/x' }), 400, 'bad-request', '/key'],
  ['a legal hold of one’s choice', putUpload({ legalHold: false }), 400, 'bad-request', '/legalHold'],
  ['roles in the body', putUpload({ roles: ['admin'] }), 400, 'bad-request', '/roles'],
];

describe('an upload that cannot begin', () => {
  it.each(refusals)('is refused for %s', async (_what, body, status, code, pointer) => {
    api.s3.requests.length = 0;

    const answer = await api.call('POST', '/uploads', { as: 'ann', body });

    expect(answer).toMatchObject({ status, body: { code, status, requestId: 'request-1' } });
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(Problem.safeParse(answer.body).error).toBeUndefined();
    if (pointer !== undefined)
      expect(answer.body.fields.map((field: { pointer: string }) => field.pointer)).toContain(pointer);
    expect(api.s3.requests).toEqual([]);
  });

  it('names number and limit where the attributes leave no room for the rest', async () => {
    const attributes = { language: 'hi-IN', title: 'आ'.repeat(200) };
    const { status, body } = await api.call('POST', '/uploads', {
      as: 'ann',
      body: putUpload({ attributes, filename: `${'अ'.repeat(80)}.wav` }),
    });

    expect(status).toBe(413);
    expect(body.detail).toMatch(/take \d+ bytes as JSON; .* at most \d+ fit/);
  });

  it('takes names of every script and normalizes them', async () => {
    const { status, body } = await api.call('POST', '/uploads', {
      as: 'ann',
      body: putUpload({ filename: 'साक्षात्कार e\u0301.wav' }),
    });
    const facts = JSON.parse(Buffer.from(body.request.headers['x-amz-meta-facts'], 'base64url').toString());

    expect(status).toBe(201);
    expect(facts.filename).toBe('साक्षात्कार \u00e9.wav');
  });

  it('takes exactly 16 MiB in one PUT and a byte more in parts', async () => {
    const single = await api.call('POST', '/uploads', { as: 'ann', body: putUpload({ bytes: MiB(16) }) });
    const parts = await api.call('POST', '/uploads', { as: 'ann', body: putUpload({ bytes: MiB(16) + 1 }) });

    expect([single.body.method, parts.body.method]).toEqual(['put', 'multipart']);
  });
});

describe('a device', () => {
  const begin = (as: string, device?: string) =>
    api.call('POST', '/uploads', { as, body: putUpload(device === undefined ? {} : { device }) });

  it('uploads under an id that its membership lists', async () => {
    expect((await begin('camera', 'yard')).status).toBe(201);
  });

  it('is refused under an id of somebody else', async () => {
    expect(await begin('camera', 'roof')).toMatchObject({
      status: 403,
      body: { code: 'forbidden', fields: [{ pointer: '/device' }] },
    });
  });

  it('is refused without an id', async () => {
    expect((await begin('camera')).status).toBe(403);
  });

  it('is told that its membership lists none', async () => {
    expect(await begin('blank', 'door')).toMatchObject({ status: 403, body: { detail: /lists no device/ } });
  });

  it('is nobody for whom a person may speak unless listed', async () => {
    expect((await begin('ann', 'door')).status).toBe(403);
  });
});
