import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { accessKeyId, region, secretAccessKey, startS3 } from './s3-server.ts';
import type { TestRequest } from './signed-request.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
let versionId: string;
const restoreBody = '<RestoreRequest><Days>1</Days></RestoreRequest>';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket('rights', { versioning: 'Enabled', objectLock: {} });
  const put = await send(s3, {
    method: 'PUT',
    path: '/rights/k',
    body: 'x',
    headers: { 'x-amz-tagging': 'class=raw' },
  });
  versionId = String(put.headers['x-amz-version-id']);
});
beforeEach(() => void s3.authorized.splice(0));
afterAll(() => s3.close());

const asked = async (request: TestRequest) => {
  await send(s3, request);
  return [...new Set(s3.authorized.map(({ action }) => action))];
};

describe('each operation asks for its own rights', () => {
  it.each<[string, TestRequest, string[]]>([
    ['put', { method: 'PUT', path: '/rights/k2', body: 'x' }, ['s3:PutObject']],
    [
      'put with tags, retention, hold and list',
      {
        method: 'PUT',
        path: '/rights/k3',
        body: 'x',
        headers: {
          'x-amz-tagging': 'a=b',
          'x-amz-object-lock-mode': 'GOVERNANCE',
          'x-amz-object-lock-retain-until-date': '2099-01-01T00:00:00Z',
          'x-amz-object-lock-legal-hold': 'OFF',
          'x-amz-acl': 'private',
        },
      },
      ['s3:PutObject', 's3:PutObjectTagging', 's3:PutObjectRetention', 's3:PutObjectLegalHold', 's3:PutObjectAcl'],
    ],
    [
      'put with If-Match',
      { method: 'PUT', path: '/rights/k2', body: 'x', headers: { 'if-match': '"x"' } },
      ['s3:PutObject', 's3:GetObject'],
    ],
    ['get', { path: '/rights/k' }, ['s3:GetObject', 's3:GetObjectTagging']],
    ['head of nothing', { method: 'HEAD', path: '/rights/absent' }, ['s3:GetObject', 's3:ListBucket']],
    ['delete', { method: 'DELETE', path: '/rights/k2' }, ['s3:DeleteObject']],
    ['list', { path: '/rights?list-type=2' }, ['s3:ListBucket']],
    ['list of versions', { path: '/rights?versions' }, ['s3:ListBucketVersions']],
    ['list of uploads', { path: '/rights?uploads' }, ['s3:ListBucketMultipartUploads']],
    ['create an upload', { method: 'POST', path: '/rights/m?uploads' }, ['s3:PutObject']],
    ['abort', { method: 'DELETE', path: '/rights/m?uploadId=x' }, ['s3:AbortMultipartUpload']],
    ['list of parts', { path: '/rights/m?uploadId=x' }, ['s3:ListMultipartUploadParts']],
    ['tags', { path: '/rights/k?tagging' }, ['s3:GetObjectTagging']],
    ['retention', { path: '/rights/k?retention' }, ['s3:GetObjectRetention']],
    ['hold', { path: '/rights/k?legal-hold' }, ['s3:GetObjectLegalHold']],
    [
      'attributes',
      { path: '/rights/k?attributes', headers: { 'x-amz-object-attributes': 'ETag' } },
      ['s3:GetObject', 's3:GetObjectAttributes'],
    ],
    ['restore', { method: 'POST', path: '/rights/k?restore', body: restoreBody }, ['s3:RestoreObject']],
    ['location', { path: '/rights?location' }, ['s3:GetBucketLocation']],
    ['versioning', { path: '/rights?versioning' }, ['s3:GetBucketVersioning']],
    ['policy', { path: '/rights?policy' }, ['s3:GetBucketPolicy']],
    ['lock of the bucket', { path: '/rights?object-lock' }, ['s3:GetBucketObjectLockConfiguration']],
    ['buckets', { path: '/' }, ['s3:ListAllMyBuckets']],
    ['new bucket', { method: 'PUT', path: '/another-one' }, ['s3:CreateBucket']],
    ['removal of a bucket', { method: 'DELETE', path: '/rights' }, ['s3:DeleteBucket']],
  ])('%s', async (_, request, actions) => {
    expect(await asked(request)).toEqual(actions);
  });

  it('has its own on a version', async () => {
    expect(await asked({ path: `/rights/k?versionId=${versionId}` })).toEqual([
      's3:GetObjectVersion',
      's3:GetObjectTagging',
    ]);
    s3.authorized.splice(0);
    expect(await asked({ path: `/rights/k?tagging&versionId=${versionId}` })).toEqual(['s3:GetObjectVersionTagging']);
    s3.authorized.splice(0);
    expect(await asked({ method: 'DELETE', path: `/rights/k2?versionId=${versionId}` })).toEqual([
      's3:DeleteObjectVersion',
    ]);
    expect(s3.authorized[0]?.context['s3:VersionId']).toBe(versionId);
  });

  it('does nothing where a right is missing', async () => {
    s3.denied.add('s3:PutObject').add('s3:DeleteObject');
    const put = await send(s3, { method: 'PUT', path: '/rights/denied', body: 'x' });
    const remove = await send(s3, { method: 'DELETE', path: '/rights/k' });
    s3.denied.clear();

    expect([put.status, put.code, remove.status, remove.code]).toEqual([403, 'AccessDenied', 403, 'AccessDenied']);
    expect((await send(s3, { path: '/rights/denied' })).code).toBe('NoSuchKey');
    expect((await send(s3, { path: '/rights/k' })).text).toBe('x');
  });

  it('is closed to anonymous requests', async () => {
    expect(await send(s3, { path: '/rights/k', signed: false })).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(await send(s3, { path: '/', signed: false })).toMatchObject({ status: 403, code: 'AccessDenied' });
  });
});

describe('policies are told', () => {
  const contextOf = async (request: TestRequest) => {
    await send(s3, request);
    return s3.authorized[0]?.context ?? {};
  };

  it('how a request is signed', async () => {
    expect(await contextOf({ path: '/rights/k' })).toMatchObject({
      's3:authType': 'REST-HEADER',
      's3:signatureversion': 'AWS4-HMAC-SHA256',
      's3:TlsVersion': '1.3',
      'aws:SecureTransport': 'true',
    });
    s3.authorized.splice(0);
    const client = new S3Client({
      endpoint: s3.url,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    const url = await getSignedUrl(client, new GetObjectCommand({ Bucket: 'rights', Key: 'k' }));
    s3.clock.move(100_000);
    const context = await contextOf({ path: url.slice(s3.url.length), signed: false });
    s3.clock.move(-100_000);

    expect(context['s3:authType']).toBe('REST-QUERY-STRING');
    expect(Number(context['s3:signatureAge'])).toBeGreaterThanOrEqual(100_000);
  });

  it('what an upload says', async () => {
    const headers = {
      'if-none-match': '*',
      'x-amz-tagging': 'class=raw',
      'x-amz-server-side-encryption': 'AES256',
      'x-amz-storage-class': 'STANDARD_IA',
      'x-amz-object-lock-mode': 'GOVERNANCE',
      'x-amz-object-lock-retain-until-date': new Date(Date.now() + 10 * 86_400_000).toISOString(),
    };

    expect(await contextOf({ method: 'PUT', path: '/rights/told', body: 'x', headers })).toMatchObject({
      's3:if-none-match': '*',
      's3:ObjectCreationOperation': 'true',
      's3:RequestObjectTag/class': 'raw',
      's3:RequestObjectTagKeys': ['class'],
      's3:x-amz-server-side-encryption': 'AES256',
      's3:x-amz-storage-class': 'STANDARD_IA',
      's3:object-lock-mode': 'GOVERNANCE',
      's3:object-lock-remaining-retention-days': '10',
    });
  });

  it('nothing of what a request does not say', async () => {
    const context = await contextOf({ method: 'PUT', path: '/rights/silent', body: 'x' });

    expect(Object.keys(context).filter((key) => /if-none-match|encryption|acl|lock|Tag/.test(key))).toEqual([]);
  });

  it('that an upload in parts creates nothing before it is complete', async () => {
    expect(await contextOf({ method: 'POST', path: '/rights/parts?uploads' })).toMatchObject({
      's3:ObjectCreationOperation': 'false',
    });
  });

  it('what is listed, and the tags of what is read', async () => {
    expect(await contextOf({ path: '/rights?list-type=2&prefix=a%2F&delimiter=%2F&max-keys=5' })).toMatchObject({
      's3:prefix': 'a/',
      's3:delimiter': '/',
      's3:max-keys': '5',
    });
    s3.authorized.splice(0);
    expect(await contextOf({ path: '/rights/k' })).toMatchObject({ 's3:ExistingObjectTag/class': 'raw' });
  });
});
