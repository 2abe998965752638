import { DeleteObjectCommand, GetObjectCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
let Bucket: string;
beforeAll(async () => {
  s3 = await startS3();
  Bucket = s3.bucket('objects', { versioning: 'Enabled' });
});
afterAll(() => s3.close());

const put = (Key: string, Body: string | Buffer, more = {}) =>
  s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more = {}) => s3.client.send(new GetObjectCommand({ Bucket, Key, ...more }));
const errorOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error('No error came.');
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    metadata !== null && typeof metadata === 'object' && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return { code: error.name, status };
};

describe('an object', () => {
  it('comes back as it was put, with its headers and metadata', async () => {
    await put('a/b.txt', 'hello', {
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      Metadata: { facts: 'x', name: 'Zoë' },
      ContentLanguage: 'en',
    });

    const answer = await get('a/b.txt');

    expect(await answer.Body?.transformToString()).toBe('hello');
    expect(answer).toMatchObject({
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      ContentLanguage: 'en',
      ContentLength: 5,
    });
    expect(answer.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    expect(answer.Metadata?.['facts']).toBe('x');
    expect(answer.ServerSideEncryption).toBe('AES256');
  });

  it.each([0, 1, 65_536, 262_144, 262_145, 3_000_000])('of %i bytes comes back byte by byte', async (bytes) => {
    const body = Buffer.alloc(bytes, 'abcdefghij');
    await put(`size/${bytes}`, body);

    const answer = await get(`size/${bytes}`);

    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(body)).toBe(true);
  });

  it('sends the ranges that are asked', async () => {
    await put('range', '0123456789');
    const ranged = async (Range: string) => {
      const answer = await get('range', { Range });
      return [answer.$metadata.httpStatusCode, await answer.Body?.transformToString(), answer.ContentRange];
    };

    expect(await ranged('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await ranged('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await ranged('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await ranged('bytes=5-500')).toEqual([206, '56789', 'bytes 5-9/10']);
    expect(await ranged('bytes=0-1,3-4')).toEqual([200, '0123456789', undefined]);
    expect(await ranged('bytes=5-2')).toEqual([200, '0123456789', undefined]);
  });

  it('refuses a range beyond its end and says how long it is', async () => {
    await put('range', '0123456789');

    const answer = await send(s3, { path: '/objects/range', headers: { range: 'bytes=10-12' } });

    expect([answer.status, answer.code]).toEqual([416, 'InvalidRange']);
    expect(answer.text).toContain('<ActualObjectSize>10</ActualObjectSize>');
  });

  it('answers conditional reads', async () => {
    const { ETag } = await put('conditional', 'x');
    const past = new Date(Date.now() - 3_600_000);
    const future = new Date(Date.now() + 3_600_000);
    const status = async (more: object) => (await errorOf(get('conditional', more))).status;

    expect((await get('conditional', { IfMatch: ETag })).$metadata.httpStatusCode).toBe(200);
    expect(await status({ IfMatch: '"other"' })).toBe(412);
    expect(await status({ IfNoneMatch: ETag })).toBe(304);
    expect(await status({ IfModifiedSince: future })).toBe(304);
    expect(await status({ IfUnmodifiedSince: past })).toBe(412);
    expect((await get('conditional', { IfMatch: ETag, IfUnmodifiedSince: past })).$metadata.httpStatusCode).toBe(200);
  });

  it('is written only once with If-None-Match, and only over a known tag with If-Match', async () => {
    const { ETag } = await put('once', 'first', { IfNoneMatch: '*' });

    expect(await errorOf(put('once', 'second', { IfNoneMatch: '*' }))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
    });
    expect(await errorOf(put('once', 'second', { IfMatch: '"00000000000000000000000000000000"' }))).toEqual({
      code: 'PreconditionFailed',
      status: 412,
    });
    expect(await errorOf(put('never', 'x', { IfMatch: ETag }))).toEqual({ code: 'NoSuchKey', status: 404 });
    await put('once', 'second', { IfMatch: ETag });
    expect(await (await get('once')).Body?.transformToString()).toBe('second');
  });

  it('can be written again with If-None-Match once it is deleted', async () => {
    await put('reborn', 'first');
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'reborn' }));

    expect((await put('reborn', 'second', { IfNoneMatch: '*' })).VersionId).toBeTypeOf('string');
  });

  it('that is missing is NoSuchKey, or AccessDenied for who may not list', async () => {
    expect(await errorOf(get('missing'))).toEqual({ code: 'NoSuchKey', status: 404 });
    s3.denied.add('s3:ListBucket');
    const hidden = await errorOf(get('missing'));
    s3.denied.clear();
    expect(hidden).toEqual({ code: 'AccessDenied', status: 403 });
  });

  it('in a bucket that does not exist is NoSuchBucket', async () => {
    const answer = await send(s3, { path: '/no-such-bucket/key' });

    expect([answer.status, answer.code]).toEqual([404, 'NoSuchBucket']);
    expect(answer.text).toContain('<BucketName>no-such-bucket</BucketName>');
  });

  it('that is deleted leaves a marker which HEAD and GET tell of', async () => {
    await put('gone', 'x');
    const { VersionId } = await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'gone' }));

    const current = await send(s3, { method: 'HEAD', path: '/objects/gone' });
    const marker = await send(s3, { path: `/objects/gone?versionId=${VersionId}` });

    expect([current.status, current.headers['x-amz-delete-marker'], current.headers['x-amz-version-id']]).toEqual([
      404,
      'true',
      VersionId,
    ]);
    expect([marker.status, marker.code, marker.headers['allow']]).toEqual([405, 'MethodNotAllowed', 'DELETE']);
  });

  it('answers with headers that the request overrides, but not to anonymous requests', async () => {
    await put('override', 'x');

    const answer = await send(s3, {
      path: '/objects/override?response-content-disposition=attachment%3B%20filename%3D%22a.wav%22&response-content-type=application%2Foctet-stream',
    });
    const injected = await send(s3, { path: '/objects/override?response-content-type=a%0D%0Aset-cookie%3A%20x' });

    expect(answer.headers['content-disposition']).toBe('attachment; filename="a.wav"');
    expect(answer.headers['content-type']).toBe('application/octet-stream');
    expect([injected.status, injected.code]).toEqual([400, 'InvalidRequest']);
  });
});

describe('an upload is refused', () => {
  const refused = async (headers: Record<string, string>, body: string | Buffer = 'x') => {
    const answer = await send(s3, { method: 'PUT', path: '/objects/refused', headers, body });
    return [answer.status, answer.code];
  };

  it('with metadata over 2 KB', async () => {
    expect(await refused({ 'x-amz-meta-a': 'y'.repeat(2047) })).toEqual([200, undefined]);
    expect(await refused({ 'x-amz-meta-a': 'y'.repeat(2048) })).toEqual([400, 'MetadataTooLarge']);
  });

  it('with headers over 8 KB', async () => {
    expect(await refused({ 'content-type': `text/html; x="${'y'.repeat(8192)}"` })).toEqual([
      400,
      'RequestHeaderSectionTooLarge',
    ]);
  });

  it('with tags outside their limits', async () => {
    const tags = (count: number) => Array.from({ length: count }, (_, index) => `k${index}=v`).join('&');
    expect(await refused({ 'x-amz-tagging': tags(10) })).toEqual([200, undefined]);
    expect(await refused({ 'x-amz-tagging': tags(11) })).toEqual([400, 'BadRequest']);
    expect(await refused({ 'x-amz-tagging': `${'k'.repeat(129)}=v` })).toEqual([400, 'InvalidTag']);
    expect(await refused({ 'x-amz-tagging': `k=${'v'.repeat(257)}` })).toEqual([400, 'InvalidTag']);
    expect(await refused({ 'x-amz-tagging': 'aws:x=v' })).toEqual([400, 'InvalidTag']);
  });

  it('with an access list that gives others something', async () => {
    expect(await refused({ 'x-amz-acl': 'public-read' })).toEqual([400, 'AccessControlListNotSupported']);
    expect(await refused({ 'x-amz-grant-read': 'id="1"' })).toEqual([400, 'AccessControlListNotSupported']);
    expect(await refused({ 'x-amz-acl': 'bucket-owner-full-control' })).toEqual([200, undefined]);
  });

  it('with a customer-provided key', async () => {
    expect(await refused({ 'x-amz-server-side-encryption-customer-algorithm': 'AES256' })).toEqual([
      403,
      'AccessDenied',
    ]);
  });

  it('with an unknown storage class, encryption or condition', async () => {
    expect(await refused({ 'x-amz-storage-class': 'FLOPPY' })).toEqual([400, 'InvalidStorageClass']);
    expect(await refused({ 'x-amz-server-side-encryption': 'rot13' })).toEqual([400, 'InvalidArgument']);
    expect(await refused({ 'if-none-match': '"tag"' })).toEqual([501, 'NotImplemented']);
  });

  it('without a length, or above 5 GiB', async () => {
    const tooLarge = { 'x-amz-decoded-content-length': String(5 * 1024 ** 3 + 1), 'content-encoding': 'aws-chunked' };
    const answer = await send(s3, {
      method: 'PUT',
      path: '/objects/refused',
      headers: tooLarge,
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      body: '0\r\n\r\n',
    });
    const noLength = await send(s3, {
      method: 'PUT',
      path: '/objects/refused',
      payloadHash: 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
      body: '0\r\n\r\n',
    });

    expect([answer.status, answer.code]).toEqual([400, 'EntityTooLarge']);
    expect([noLength.status, noLength.code]).toEqual([411, 'MissingContentLength']);
  });

  it('and leaves neither object nor file behind', async () => {
    await errorOf(s3.client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' })));
    await send(s3, {
      method: 'PUT',
      path: '/objects/nothing',
      headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' },
      body: Buffer.alloc(400_000),
    });

    expect(await errorOf(s3.client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' })))).toMatchObject({
      status: 404,
    });
  });
});

describe('an operation that is not there', () => {
  it.each([
    ['GET', '/objects?accelerate'],
    ['PUT', '/objects?replication'],
    ['PUT', '/objects/key?acl'],
    ['POST', '/objects/key?select&select-type=2'],
    ['GET', '/objects/key?torrent'],
  ])('%s %s is NotImplemented, never a silent 200', async (method, path) => {
    const answer = await send(s3, { method, path, ...(method !== 'GET' && { body: 'x' }) });

    expect([answer.status, answer.code]).toEqual([501, 'NotImplemented']);
  });

  it('by method is MethodNotAllowed', async () => {
    const answer = await send(s3, { method: 'PATCH', path: '/objects/key' });

    expect([answer.status, answer.code]).toEqual([405, 'MethodNotAllowed']);
  });
});
