import { createHash, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MiB } from '../../core/bytes.ts';
import { decodeFacts } from '../../core/facts.ts';
import { createLanding } from '../../lambdas/api/stores/landing.ts';
import { createVault } from '../../lambdas/api/stores/vault.ts';
import { type S3Server, startS3 } from '../local-s3/s3-server.ts';
import { startApi, startTime, type TestApi } from './api-under-test.ts';
import { assetRow } from './asset-rows.ts';
import { formUpload, multipartUpload, putUpload } from './uploads.ts';

let s3: S3Server;
let api: TestApi;
beforeAll(async () => {
  s3 = await startS3({ startMs: startTime });
  s3.bucket('landing', { versioning: 'Enabled' });
  s3.bucket('vault', { versioning: 'Enabled' });
  const where = { client: s3.client, region: 'ap-south-1', endpoint: s3.url, clock: s3.clock };
  const dataKeyArn = 'arn:aws:kms:ap-south-1:000000000000:key/data';
  api = await startApi(() => ({
    landing: createLanding({
      ...where,
      bucket: 'landing',
      dataKeyArn,
      accelerated: false,
      completionPatienceMs: 20_000,
    }),
    vault: createVault({ ...where, bucket: 'vault' }),
  }));
  await api.member('ann', ['admin']);
});
afterAll(async () => {
  await api?.[Symbol.asyncDispose]();
  await s3?.close();
});

const content = randomBytes(1000);
const sha256 = createHash('sha256').update(content).digest('base64');
const begin = async (body: object) => (await api.call('POST', '/uploads', { as: 'ann', body })).body;
const put = (url: string, headers: Record<string, string>, body: Uint8Array<ArrayBuffer> = content) =>
  fetch(url, { method: 'PUT', headers, body });
const beginPut = async () => (await begin(putUpload({ sha256 }))).request;

describe('a presigned PUT', () => {
  it('is taken by S3 as it stands, once', async () => {
    const { assetId, request } = await begin(putUpload({ sha256 }));

    expect((await put(request.url, request.headers)).status).toBe(200);
    expect((await put(request.url, request.headers)).status).toBe(412);
    const stored = await s3.client.send(new HeadObjectCommand({ Bucket: 'landing', Key: `put/acme/${assetId}` }));
    expect(decodeFacts(stored.Metadata?.['facts'])).toMatchObject({ assetId, tenant: 'acme', sha256 });
    expect(stored).toMatchObject({ ContentType: 'audio/wav', ServerSideEncryption: 'aws:kms', ContentLength: 1000 });
  });

  it('is refused with any header changed, left out or added', async () => {
    const { url, headers } = await beginPut();
    const statuses: Record<string, number> = {};
    for (const name of Object.keys(headers)) {
      statuses[`${name} changed`] = (await put(url, { ...headers, [name]: `${headers[name]}x` })).status;
      const { [name]: _left, ...rest } = headers;
      statuses[`${name} left out`] = (await put(url, rest)).status;
    }
    for (const extra of ['x-amz-acl', 'x-amz-tagging', 'x-amz-storage-class', 'x-amz-website-redirect-location']) {
      statuses[`${extra} added`] = (await put(url, { ...headers, [extra]: 'GLACIER' })).status;
    }

    expect(Object.entries(statuses).filter(([, status]) => status < 400)).toEqual([]);
    expect((await put(url, headers)).status).toBe(200);
  });

  it('is refused with another content or another length', async () => {
    const { url, headers } = await beginPut();

    expect((await put(url, headers, randomBytes(1000))).status).toBe(400);
    expect((await put(url, headers, content.subarray(1))).status).toBe(403);
    expect((await put(url, headers, Buffer.concat([content, content]))).status).toBe(403);
  });

  it('is refused with any byte of its address changed', async () => {
    const { url, headers } = await beginPut();
    const from = new URL(url).origin.length + 1;
    for (let at = from; at < url.length; at += 13) {
      const char = url[at] === 'a' ? 'b' : 'a';
      const changed = `${url.slice(0, at)}${char}${url.slice(at + 1)}`;

      expect((await put(changed, headers)).status, changed).toBeGreaterThanOrEqual(400);
    }
  });

  it('ends after 15 minutes', async () => {
    const { url, headers } = await beginPut();
    s3.clock.move(901_000);
    const late = await put(url, headers);
    s3.clock.move(-901_000);

    expect(late.status).toBe(403);
  });
});

describe('a signed form', () => {
  const post = async (fields: Record<string, string>, url: string, body: Uint8Array<ArrayBuffer>) => {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append('file', new Blob([body]), 'file');
    return (await fetch(url, { method: 'POST', body: form })).status;
  };

  it('is taken with a content within its range, and with no other', async () => {
    const { assetId, form } = await begin(formUpload());

    expect(await post(form.fields, form.url, randomBytes(5001))).toBe(400);
    expect(await post({ ...form.fields, 'Content-Type': 'text/html' }, form.url, content)).toBe(403);
    expect(await post({ ...form.fields, key: 'post/acme/other' }, form.url, content)).toBe(403);
    expect(await post({ ...form.fields, 'x-amz-meta-more': 'x' }, form.url, content)).toBe(403);
    expect(await post(form.fields, form.url, content)).toBe(204);
    const stored = await s3.client.send(new HeadObjectCommand({ Bucket: 'landing', Key: `post/acme/${assetId}` }));
    expect(decodeFacts(stored.Metadata?.['facts'])?.assetId).toBe(assetId);
  });
});

describe('a multipart upload', () => {
  it('is sent in signed parts and completed by the API', async () => {
    const whole = randomBytes(MiB(17));
    const plan = await begin(multipartUpload(whole.length));
    const parts = await Promise.all(
      plan.parts.map(async ({ partNumber, url, bytes }: { partNumber: number; url: string; bytes: number }) => {
        const start = (partNumber - 1) * plan.partBytes;
        const answer = await put(url, {}, whole.subarray(start, start + bytes));
        return { partNumber, etag: answer.headers.get('etag') };
      }),
    );
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(whole));
    const finish = (value: string) =>
      api.call('POST', `/uploads/${plan.assetId}/complete`, {
        as: 'ann',
        body: { token: plan.token, parts, crc32: value },
      });

    expect((await finish('AAAAAA==')).status).toBe(422);
    expect(await finish(crc.toString('base64'))).toMatchObject({ status: 200, body: { state: 'landed' } });
    expect(await finish(crc.toString('base64'))).toMatchObject({ status: 200, body: { state: 'landed' } });
    const stored = await s3.client.send(
      new HeadObjectCommand({ Bucket: 'landing', Key: `multipart/acme/${plan.assetId}`, ChecksumMode: 'ENABLED' }),
    );
    expect(stored).toMatchObject({
      ContentLength: whole.length,
      ChecksumCRC32: crc.toString('base64'),
      ChecksumType: 'FULL_OBJECT',
    });
    expect(decodeFacts(stored.Metadata?.['facts'])?.assetId).toBe(plan.assetId);
  });

  it('takes no part of another length', async () => {
    const plan = await begin(multipartUpload(MiB(17)));

    expect((await put(plan.parts[2].url, {}, content)).status).toBe(403);
  });
});

describe('a link to the content', () => {
  it('downloads exactly its version, as an attachment of a harmless type', async () => {
    const assetId = '01JZ8K2M4N6P8Q0R2S4T6V8W0X';
    const key = `raw/audio/acme/2026-01-31/${assetId}/interview.wav`;
    const { VersionId = '' } = await s3.client.send(
      new PutObjectCommand({ Bucket: 'vault', Key: key, Body: content, ContentType: 'text/html' }),
    );
    await s3.client.send(new PutObjectCommand({ Bucket: 'vault', Key: key, Body: 'newer' }));
    await api.table.put(
      assetRow({
        assetId,
        filename: 'साक्ष "1".html',
        contentType: 'text/html',
        detail: { currentVersionId: VersionId },
        versions: [{ versionId: VersionId, at: '2026-01-31T08:00:00.000Z', marker: false }],
      }),
    );
    const { body } = await api.call('GET', `/assets/${assetId}/content`, { as: 'ann' });
    const answer = await fetch(body.url);

    expect(Buffer.from(await answer.arrayBuffer())).toEqual(content);
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="_____ _1_\.html"; filename\*=UTF-8''/,
    );
    expect((await fetch(body.url.replace(VersionId, 'other'))).status).toBe(403);
    expect((await fetch(body.url.replace('attachment', 'inline'))).status).toBe(403);
  });
});

describe('a facts object', () => {
  it('is written over exactly what was read', async () => {
    const { vault } = api.services;
    const first = await vault.writeFacts('facts/t/a', '{"a":1}', undefined);

    expect(await vault.writeFacts('facts/t/a', '{"a":2}', undefined)).toBeUndefined();
    expect(await vault.writeFacts('facts/t/a', '{"a":2}', '"other"')).toBeUndefined();
    expect(await vault.writeFacts('facts/t/a', '{"a":3}', first)).toBeDefined();
    expect(await vault.writeFacts('facts/t/none', '{}', first)).toBeUndefined();
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'vault', Key: 'facts/t/a' }));
    expect(await Body?.transformToString()).toBe('{"a":3}');
  });
});
