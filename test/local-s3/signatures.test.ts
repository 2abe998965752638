import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { accessKeyId, startS3 } from './s3-server.ts';
import { amzDate, derivedKey, send, signHeaders } from './signed-request.ts';

let s3: S3Server;
const path = '/signatures/key';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket('signatures');
});
afterAll(() => s3.close());

const outcome = async (request: Parameters<typeof send>[1]) => {
  const answer = await send(s3, request);
  return [answer.status, answer.code];
};

describe('a signed request', () => {
  it('is refused with the secret of somebody else, and shows what was signed', async () => {
    const answer = await send(s3, { path, secret: 'wrong' });

    expect([answer.status, answer.code]).toEqual([403, 'SignatureDoesNotMatch']);
    expect(answer.text).toContain('<StringToSign>AWS4-HMAC-SHA256');
    expect(answer.text).not.toContain('secret');
  });

  it('is refused for an access key that does not exist', async () => {
    expect(
      await outcome({
        path,
        tamper: (headers) =>
          void Object.assign(headers, {
            authorization: headers['authorization']?.replace(accessKeyId, 'AKIANOBODY') ?? '',
          }),
      }),
    ).toEqual([403, 'InvalidAccessKeyId']);
  });

  it('is taken within 15 minutes of the platform’s clock or of the machine’s', async () => {
    s3.clock.move(90 * 86_400_000);
    const now = Date.now();
    const platform = s3.clock.now();
    const results = await Promise.all(
      [
        now,
        platform,
        now - 14 * 60_000,
        platform + 14 * 60_000,
        now - 16 * 60_000,
        platform + 16 * 60_000,
        (now + platform) / 2,
      ].map(async (time) => (await outcome({ path, time }))[1]),
    );
    s3.clock.move(-90 * 86_400_000);

    expect(results).toEqual([...Array(4).fill('NoSuchKey'), ...Array(3).fill('RequestTimeTooSkewed')]);
  });

  it('is refused with a header changed, removed or added that it covers or must cover', async () => {
    const headers = { 'x-amz-meta-a': 'one' };
    const put = (tamper: (headers: Record<string, string>) => void) =>
      outcome({ method: 'PUT', path, headers, body: 'x', tamper });

    expect(await put((sent) => void Object.assign(sent, { 'x-amz-meta-a': 'two' }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ]);
    expect(await put((sent) => void delete sent['x-amz-meta-a'])).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await put((sent) => void Object.assign(sent, { 'x-amz-meta-b': 'two' }))).toEqual([403, 'AccessDenied']);
    expect(await put((sent) => void Object.assign(sent, { 'x-amz-meta-a': '  one ' }))).toEqual([200, undefined]);
  });

  it('is refused for every character of its Authorization header that is changed', async () => {
    const authorization = signHeaders(s3.host, { path })['authorization'] ?? '';
    const changes = fc.tuple(fc.nat(authorization.length - 1), fc.constantFrom(...'aZ09/=;, -'));

    await fc.assert(
      fc.asyncProperty(changes, async ([at, char]) => {
        const changed = authorization.slice(0, at) + char + authorization.slice(at + 1);
        // A space after a comma is only layout.
        fc.pre(changed.replaceAll(', ', ',') !== authorization.replaceAll(', ', ','));
        const [, code] = await outcome({
          path,
          tamper: (headers) => void Object.assign(headers, { authorization: changed }),
        });
        expect(code, changed).not.toBe('NoSuchKey');
      }),
      { numRuns: 200 },
    );
  });

  it('names the region that the bucket is in where it is signed for another', async () => {
    const answer = await send(s3, { path, region: 'eu-west-1' });

    expect([answer.status, answer.code]).toEqual([400, 'AuthorizationHeaderMalformed']);
    expect(answer.text).toContain('<Region>ap-south-1</Region>');
    expect(answer.headers['x-amz-bucket-region']).toBe('ap-south-1');
  });

  it('needs the digest of its body, in a form that exists', async () => {
    expect(await outcome({ path, tamper: (headers) => void delete headers['x-amz-content-sha256'] })).toEqual([
      400,
      'InvalidRequest',
    ]);
    expect(await outcome({ path, payloadHash: 'WHATEVER' })).toEqual([400, 'InvalidArgument']);
    expect(await outcome({ path: '/signatures/other', payloadHash: 'UNSIGNED-PAYLOAD' })).toEqual([404, 'NoSuchKey']);
  });

  it('may not be signed in two ways at once', async () => {
    expect(await outcome({ path: `${path}?X-Amz-Algorithm=AWS4-HMAC-SHA256` })).toEqual([400, 'InvalidArgument']);
  });
});

describe('a body that is signed chunk by chunk', () => {
  const chunkSize = 16 * 1024;
  const content = Buffer.alloc(40_000, 'chunk');
  const emptyHash = createHash('sha256').update('').digest('hex');

  /** A whole request in the form that ends in `-PAYLOAD` or `-PAYLOAD-TRAILER`. */
  const streamed = (trailer?: string) => {
    const time = Date.now();
    const date = amzDate(time);
    const payloadHash = `STREAMING-AWS4-HMAC-SHA256-PAYLOAD${trailer === undefined ? '' : '-TRAILER'}`;
    const headers = {
      'x-amz-decoded-content-length': String(content.length),
      ...(trailer !== undefined && { 'x-amz-trailer': 'x-amz-checksum-crc32' }),
    };
    const request = { method: 'PUT', path, headers, payloadHash, time };
    let previous = /Signature=(\w+)/.exec(signHeaders(s3.host, request)['authorization'] ?? '')?.[1] ?? '';
    const key = derivedKey(date.slice(0, 8));
    const scope = `${date.slice(0, 8)}/ap-south-1/s3/aws4_request`;
    const sign = (algorithm: string, end: string): string => {
      previous = createHmac('sha256', key).update([algorithm, date, scope, previous, end].join('\n')).digest('hex');
      return previous;
    };
    const pieces: Buffer[] = [];
    for (let at = 0; at <= content.length + chunkSize - 1; at += chunkSize) {
      const chunk = at < content.length ? content.subarray(at, at + chunkSize) : Buffer.alloc(0);
      const signature = sign(
        'AWS4-HMAC-SHA256-PAYLOAD',
        `${emptyHash}\n${createHash('sha256').update(chunk).digest('hex')}`,
      );
      pieces.push(
        Buffer.from(`${chunk.length.toString(16)};chunk-signature=${signature}\r\n`),
        chunk,
        Buffer.from(chunk.length > 0 ? '\r\n' : ''),
      );
      if (chunk.length === 0) break;
    }
    if (trailer !== undefined) {
      const signature = sign('AWS4-HMAC-SHA256-TRAILER', createHash('sha256').update(`${trailer}\n`).digest('hex'));
      pieces.push(Buffer.from(`${trailer}\r\nx-amz-trailer-signature:${signature}\r\n`));
    }
    pieces.push(Buffer.from('\r\n'));
    return { ...request, body: Buffer.concat(pieces) };
  };

  it('is stored without its chunk marks', async () => {
    expect(await outcome(streamed())).toEqual([200, undefined]);
    expect((await send(s3, { path })).body.equals(content)).toBe(true);
  });

  it('is verified with its trailer', async () => {
    expect((await outcome(streamed('x-amz-checksum-crc32:AAAAAA=='))).slice(1)).toEqual(['BadDigest']);
    const request = streamed('x-amz-checksum-crc32:AAAAAA==');
    const at = request.body.indexOf('AAAAAA==');
    request.body[at] = 'B'.charCodeAt(0);
    expect(await outcome(request)).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('is refused where any byte of it is another', async () => {
    const { body, ...request } = streamed();
    await fc.assert(
      fc.asyncProperty(fc.nat(body.length - 1), async (at) => {
        const changed = Buffer.from(body);
        changed[at] = (changed[at] ?? 0) ^ 0x01;
        expect((await outcome({ ...request, body: changed }))[0], `byte ${at}`).toBeGreaterThanOrEqual(400);
      }),
      { numRuns: 60 },
    );
  });

  it('may have no small chunk but the last', async () => {
    const request = {
      method: 'PUT',
      path,
      headers: { 'x-amz-decoded-content-length': '10' },
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    };

    expect(await outcome({ ...request, body: '5\r\nhello\r\n5\r\nworld\r\n0\r\n\r\n' })).toEqual([
      403,
      'InvalidChunkSizeError',
    ]);
    expect(await outcome({ ...request, body: 'a\r\nhelloworld\r\n0\r\n\r\n' })).toEqual([200, undefined]);
    expect(await outcome({ ...request, body: 'a\r\nhelloworldX0\r\n\r\n' })).toEqual([400, 'InvalidRequest']);
    expect(await outcome({ ...request, body: 'zz\r\n' })).toEqual([400, 'InvalidRequest']);
  });
});
