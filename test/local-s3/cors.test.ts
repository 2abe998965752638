import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket('cors', {
    cors: [
      {
        allowedOrigins: ['https://app.example', 'https://*.example.org'],
        allowedMethods: ['PUT', 'GET'],
        allowedHeaders: ['content-type', 'x-amz-*'],
        exposedHeaders: ['ETag'],
        maxAgeSeconds: 600,
      },
    ],
  });
  s3.bucket('closed');
});
afterAll(() => s3.close());

const preflight = (origin: string, method = 'PUT', headers = 'content-type,x-amz-checksum-sha256', bucket = 'cors') =>
  send(s3, {
    method: 'OPTIONS',
    path: `/${bucket}/key`,
    signed: false,
    headers: { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
  });

describe('a browser', () => {
  it('is allowed what the bucket’s rules allow, without a signature', async () => {
    const answer = await preflight('https://app.example');

    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-methods': 'PUT, GET',
      'access-control-allow-headers': 'content-type, x-amz-checksum-sha256',
      'access-control-max-age': '600',
    });
    expect((await preflight('https://a.example.org')).status).toBe(200);
  });

  it.each([
    ['https://evil.example', 'PUT', 'content-type'],
    ['https://app.example', 'DELETE', 'content-type'],
    ['https://app.example', 'PUT', 'authorization'],
    ['https://example.org', 'PUT', 'content-type'],
  ])('is refused from %s with %s and %s', async (origin, method, headers) => {
    expect(await preflight(origin, method, headers)).toMatchObject({ status: 403, code: 'AccessForbidden' });
  });

  it('is refused by a bucket without rules', async () => {
    expect(await preflight('https://app.example', 'PUT', '', 'closed')).toMatchObject({
      status: 403,
      code: 'AccessForbidden',
    });
  });

  it('may read answers of its origin, errors too', async () => {
    const put = await send(s3, {
      method: 'PUT',
      path: '/cors/key',
      headers: { origin: 'https://app.example' },
      body: 'x',
    });
    const missing = await send(s3, { path: '/cors/absent', headers: { origin: 'https://app.example' } });
    const foreign = await send(s3, { path: '/cors/key', headers: { origin: 'https://evil.example' } });

    expect([put.headers['access-control-allow-origin'], put.headers['access-control-expose-headers']]).toEqual([
      'https://app.example',
      'ETag',
    ]);
    expect([missing.status, missing.headers['access-control-allow-origin']]).toEqual([404, 'https://app.example']);
    expect(foreign.headers['access-control-allow-origin']).toBeUndefined();
  });
});
