import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { minutes } from './minutes.ts';
import type { RawAnswer, RawRequest, RawSender } from './raw-request.ts';
import { rawSender } from './raw-request.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { anyFile, askApi, begin, formOf, freshContent, sendByPut, sha256Of, stateOf } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let sender: RawSender;
beforeAll(async () => {
  running = await runPlatform();
  sender = rawSender();
});
afterAll(async () => {
  sender[Symbol.dispose]();
  await running[Symbol.asyncDispose]();
});

/** Everything that has ever landed: versions and markers. */
const landed = async (): Promise<number> => {
  const { Versions = [], DeleteMarkers = [] } = await running.s3.send(
    new ListObjectVersionsCommand({ Bucket: running.state.buckets.landing }),
  );
  return Versions.length + DeleteMarkers.length;
};

/** Another character for one, and not the same letter in the other case, which a percent sign before it makes the same. */
const otherThan = (character: string): string => (/[aA]/.test(character) ? 'b' : 'a');

const withOther = (text: string, position: number, replacement = otherThan(text[position] ?? '')): string =>
  text.slice(0, position) + replacement + text.slice(position + 1);

const targetOf = (url: string): string => url.slice(new URL(url).origin.length);

const isRefusal = ({ status }: RawAnswer): boolean => status === 0 || status >= 400;

/** The changes that got through, which must be none. */
const accepted = async (changes: readonly { readonly what: string; readonly raw: RawRequest }[]): Promise<string[]> => {
  const answers = await Promise.all(changes.map(async ({ what, raw }) => ({ what, answer: await sender.send(raw) })));
  return answers.filter(({ answer }) => !isRefusal(answer)).map(({ what, answer }) => `${what}: ${answer.status}`);
};

const presignedPut = async (content: Buffer): Promise<RawRequest & { assetId: string; uploadToken: string }> => {
  const announced = { ...anyFile, bytes: content.length, sha256: sha256Of(content) };
  const { assetId, token, request } = await begin(running, 'put', announced);
  const { url, method, headers } = request;
  return { assetId, uploadToken: token, origin: url, target: targetOf(url), method, headers, body: content };
};

describe('a presigned PUT of the API', () => {
  let content: Buffer;
  let put: RawRequest & { assetId: string; uploadToken: string };
  let before: number;
  beforeEach(async () => {
    content = freshContent(64);
    put = await presignedPut(content);
    before = await landed();
  });

  it('is refused for every byte of its path and query that is another', async () => {
    const changes = [...put.target].slice(1).map((_, index) => ({
      what: `byte ${index + 1} of ${put.target}`,
      raw: { ...put, target: withOther(put.target, index + 1) },
    }));

    expect(changes.length).toBeGreaterThan(600);
    expect(await accepted(changes)).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it('is refused for every byte of its headers that is another', async () => {
    const names = Object.keys(put.headers).filter((name) => name.toLowerCase() !== 'content-length');
    const changes = names.flatMap((name) =>
      [...(put.headers[name] ?? '')].map((_, position) => ({
        what: `byte ${position} of ${name}`,
        raw: { ...put, headers: { ...put.headers, [name]: withOther(put.headers[name] ?? '', position) } },
      })),
    );

    expect(changes.length).toBeGreaterThan(300);
    expect(await accepted(changes)).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it('is refused for any other text in place of any piece of its target', async () => {
    const piece = fc.string({ unit: 'grapheme-ascii', maxLength: 4 }).map((text) => text.replaceAll(/[\s#]/g, '_'));
    const sameMeaning = (a: string, b: string): boolean => safelyDecoded(a) === safelyDecoded(b);

    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.nat({ max: 3 }), piece, async (at, length, text) => {
        const position = 1 + (at % (put.target.length - 1));
        const target = put.target.slice(0, position) + text + put.target.slice(position + length);
        fc.pre(!sameMeaning(target, put.target));
        expect(isRefusal(await sender.send({ ...put, target }))).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(await landed()).toBe(before);
  });

  it.each([
    'content-type',
    'if-none-match',
    'x-amz-checksum-sha256',
    'x-amz-meta-facts',
    'x-amz-server-side-encryption',
  ])('is refused without %s', async (name) => {
    const headers = Object.fromEntries(Object.entries(put.headers).filter(([known]) => known.toLowerCase() !== name));

    expect(Object.keys(headers)).toHaveLength(Object.keys(put.headers).length - 1);
    expect(await accepted([{ what: `without ${name}`, raw: { ...put, headers } }])).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it.each([
    ['x-amz-acl', 'public-read'],
    ['x-amz-storage-class', 'GLACIER'],
    ['x-amz-tagging', 'archive=now'],
    ['x-amz-meta-other', 'x'],
    ['x-amz-website-redirect-location', '/elsewhere'],
    ['x-amz-server-side-encryption-aws-kms-key-id', 'arn:aws:kms:ap-south-1:111122223333:key/theirs'],
    ['x-amz-object-lock-legal-hold', 'ON'],
    ['x-amz-checksum-crc32', 'AAAAAA=='],
  ])('is refused with %s besides', async (name, value) => {
    const headers = { ...put.headers, [name]: value };

    expect(await accepted([{ what: `with ${name}`, raw: { ...put, headers } }])).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it.each([
    ['shorter', (bytes: Buffer) => bytes.subarray(1)],
    ['longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.of(0)])],
    ['empty', () => Buffer.alloc(0)],
  ])('is refused with a content that is %s', async (_, change) => {
    const body = change(content);
    const headers = { ...put.headers, 'content-length': String(body.length) };

    expect(await accepted([{ what: 'another length', raw: { ...put, headers, body } }])).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it('is refused with a header of Amazon’s sent twice', async () => {
    const names = Object.keys(put.headers).filter((name) => name.toLowerCase().startsWith('x-amz-'));
    const changes = names.map((name) => ({ what: `${name} twice`, raw: { ...put, again: { [name]: 'x' } } }));

    expect(changes.length).toBeGreaterThan(2);
    expect(await accepted(changes)).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it('is refused with any other content of its length', async () => {
    const changes = [...content].map((byte, position) => {
      const body = Buffer.from(content);
      body[position] = byte ^ 1;
      return { what: `byte ${position} of the content`, raw: { ...put, body } };
    });

    expect(await accepted(changes)).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it.each(['GET', 'HEAD', 'POST', 'DELETE'])('is refused as %s', async (method) => {
    expect(await accepted([{ what: method, raw: { ...put, method } }])).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it('counts once, however often it is sent', async () => {
    const first = await sender.send(put);
    await settle(running);
    const again = await sender.send(put);
    await settle(running);

    expect(first.status).toBe(200);
    expect(await stateOf(running, { ...put, content, user: 'ravi' })).toMatchObject({ state: 'stored' });
    // Landing was cleared, so S3 takes the key once more; intake finds it decided and throws it away.
    expect(again.status).toBe(200);
    expect(await landed()).toBe(before);
    expect(await stateOf(running, { ...put, content, user: 'ravi' })).toMatchObject({ state: 'stored' });
  });

  it('is refused with 412 while its first object lies in landing', async () => {
    running.platform.faults.set([{ service: 's3', operation: 'HeadObject', kind: 'error', probability: 1 }]);
    const first = await sender.send(put);
    const again = await sender.send(put);
    running.platform.faults.set([]);
    await settle(running);

    expect([first.status, again.status]).toEqual([200, 412]);
    expect(again.body).toContain('PreconditionFailed');
  });

  it('is refused after 15 minutes of the platform’s clock', async () => {
    await running.platform.travelTo(running.platform.clock.now() + minutes(15) + 1000);
    const answer = await sender.send(put);

    expect(answer.status).toBe(403);
    expect(answer.body).toContain('Request has expired');
    expect(await landed()).toBe(before);
  });
});

const safelyDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

describe('a presigned GET of the API', () => {
  const secret = 'content that only its reader may see';

  it('is refused for every byte of its path and query that is another, and after it has expired', async () => {
    const upload = await sendByPut(running, Buffer.from(`${secret} ${Math.random()}`));
    await settle(running);
    const { body } = await askApi(running, 'ravi', { path: `/assets/${upload.assetId}/content` });
    const { url } = Object(body) as { url: string };
    const get: RawRequest = { origin: url, target: targetOf(url), method: 'GET', headers: {} };
    const asItIs = await sender.send(get);
    const changed = await Promise.all(
      [...get.target].slice(1).map((_, index) => sender.send({ ...get, target: withOther(get.target, index + 1) })),
    );
    await running.platform.travelTo(running.platform.clock.now() + minutes(60));
    const late = await sender.send(get);

    expect(asItIs).toMatchObject({ status: 200, body: upload.content.toString() });
    expect(changed.filter((answer) => !isRefusal(answer) || answer.body.includes(secret))).toEqual([]);
    expect(late.status).toBe(403);
  });
});

describe('a form of the API', () => {
  let fields: Readonly<Record<string, string>>;
  let url: string;
  let before: number;
  beforeEach(async () => {
    const plan = await begin(running, 'post', { ...anyFile, byteRange: { min: 10, max: 100 } });
    ({ fields, url } = plan.form);
    before = await landed();
  });

  const post = async (data: FormData): Promise<number> => {
    const response = await fetch(url, { method: 'POST', body: data });
    await response.arrayBuffer();
    return response.status;
  };

  it('is refused for any byte of any field that is another', async () => {
    const places = Object.entries(fields).flatMap(([name, value]) =>
      Array.from({ length: value.length }, (_, position) => ({ name, position })),
    );

    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), async ({ name, position }) => {
        const changed = { ...fields, [name]: withOther(fields[name] ?? '', position) };
        expect(await post(formOf(changed, freshContent(50)))).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 300 },
    );
    expect(await landed()).toBe(before);
  });

  it('is refused without any one of its fields', async () => {
    const statuses = await Promise.all(
      Object.keys(fields).map(async (left) => {
        const others = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== left));
        return { left, status: await post(formOf(others, freshContent(50))) };
      }),
    );

    expect(statuses.filter(({ status }) => status < 400)).toEqual([]);
    expect(await landed()).toBe(before);
  });

  it.each(['x-amz-meta-other', 'acl', 'x-amz-storage-class', 'success_action_redirect', 'tagging'])(
    'is refused with the field %s besides',
    async (name) => {
      expect(await post(formOf({ ...fields, [name]: 'x' }, freshContent(50)))).toBe(403);
      expect(await landed()).toBe(before);
    },
  );

  it.each([0, 9, 101, 5000])('is refused with %d bytes where 10 to 100 were announced', async (bytes) => {
    expect(await post(formOf(fields, freshContent(bytes)))).toBe(400);
    expect(await landed()).toBe(before);
  });

  it('is taken as it is', async () => {
    expect(await post(formOf(fields, freshContent(50)))).toBeLessThan(300);
    await settle(running);
    expect(await landed()).toBe(before);
  });

  it('is refused after 15 minutes', async () => {
    await running.platform.travelTo(running.platform.clock.now() + minutes(15) + 1000);

    expect(await post(formOf(fields, freshContent(50)))).toBe(403);
    expect(await landed()).toBe(before);
  });
});

describe('what the API signs for itself', () => {
  /** So many requests that no caller's quota of a minute ends. */
  const samples = 60;

  it('takes no upload token with another byte in it', async () => {
    const { assetId, uploadToken } = await sendByPut(running, freshContent());
    const step = Math.max(1, Math.floor(uploadToken.length / samples));
    const positions = [...uploadToken].map((_, position) => position).filter((position) => position % step === 0);
    const statuses = await Promise.all(
      positions.map(async (position) => {
        const headers = { 'upload-token': withOther(uploadToken, position) };
        return (await askApi(running, 'ravi', { path: `/uploads/${assetId}`, headers })).status;
      }),
    );

    expect(new Set(statuses)).toEqual(new Set([400]));
  });

  it('takes no cursor with another byte in it, of another list or of another caller', async () => {
    for (let file = 0; file < 2; file += 1) await sendByPut(running, freshContent());
    await settle(running);
    await running.platform.travelTo(running.platform.clock.now() + minutes(1));
    const path = '/assets?class=user-file&limit=1';
    const { body } = await askApi(running, 'ravi', { path });
    const { cursor } = Object(body) as { cursor: string };
    const ask = async (user: 'ravi' | 'asha' | 'lena', query: string): Promise<number> =>
      (await askApi(running, user, { path: query })).status;
    const step = Math.max(1, Math.floor(cursor.length / samples));
    const positions = [...cursor].map((_, position) => position).filter((position) => position % step === 0);
    const changed = await Promise.all(
      positions.map((position) => ask('ravi', `${path}&cursor=${withOther(cursor, position)}`)),
    );

    expect(await ask('ravi', `${path}&cursor=${cursor}`)).toBe(200);
    expect(new Set(changed)).toEqual(new Set([400]));
    expect(await ask('ravi', `/assets?class=raw-audio&limit=1&cursor=${cursor}`)).toBe(400);
    expect(await ask('asha', `${path}&cursor=${cursor}`)).toBe(400);
    expect(await ask('lena', `${path}&cursor=${cursor}`)).toBe(400);
  });
});
