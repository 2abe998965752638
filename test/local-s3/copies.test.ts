import type { CopyObjectCommandInput } from '@aws-sdk/client-s3';
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';
import { send } from './signed-request.ts';

let s3: S3Server;
const Bucket = 'copies';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, { versioning: 'Enabled' });
  s3.bucket('sealed', {
    versioning: 'Enabled',
    encryption: { algorithm: 'aws:kms', keyId: 'arn:aws:kms:ap-south-1:000000000000:key/data', bucketKey: true },
  });
});
afterAll(() => s3.close());

const put = async (Key: string, Body: string, more = {}) =>
  (await s3.client.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))).VersionId;
const copy = (input: Partial<CopyObjectCommandInput> & { Key: string; CopySource: string }) =>
  s3.client.send(new CopyObjectCommand({ Bucket, ...input }));
const read = async (Key: string, more = {}) =>
  (await s3.client.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'nothing',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );

describe('a copy', () => {
  it('is pinned to the version that it names', async () => {
    const VersionId = await put('source', 'checked');
    await put('source', 'changed since');

    const answer = await copy({ Key: 'pinned', CopySource: `${Bucket}/source?versionId=${VersionId}` });

    expect(await read('pinned')).toBe('checked');
    expect(answer.CopySourceVersionId).toBe(VersionId);
  });

  it('outlives its source', async () => {
    const VersionId = await put('short-lived', 'content');
    await copy({ Key: 'heir', CopySource: `${Bucket}/short-lived` });

    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'short-lived', VersionId }));

    expect(await read('heir')).toBe('content');
  });

  it('takes metadata and tags along or leaves them, as it is told', async () => {
    await put('tagged', 'x', { Metadata: { a: '1' }, ContentType: 'audio/wav', Tagging: 'class=raw' });

    await copy({ Key: 'with', CopySource: `${Bucket}/tagged` });
    await copy({
      Key: 'without',
      CopySource: `${Bucket}/tagged`,
      MetadataDirective: 'REPLACE',
      TaggingDirective: 'REPLACE',
      Metadata: { b: '2' },
      ContentType: 'text/plain',
    });
    const head = (Key: string) => s3.client.send(new HeadObjectCommand({ Bucket, Key }));

    expect(await head('with')).toMatchObject({ Metadata: { a: '1' }, ContentType: 'audio/wav', TagCount: 1 });
    expect(await head('without')).toMatchObject({ Metadata: { b: '2' }, ContentType: 'text/plain' });
    expect((await head('without')).TagCount).toBeUndefined();
  });

  it('is made only where nothing is yet, if it says so', async () => {
    await put('source', 'x');
    await copy({ Key: 'first', CopySource: `${Bucket}/source`, IfNoneMatch: '*' });

    expect(await codeOf(copy({ Key: 'first', CopySource: `${Bucket}/source`, IfNoneMatch: '*' }))).toBe(
      'PreconditionFailed',
    );
  });

  it('keeps to the conditions on its source', async () => {
    await put('source', 'x');
    const { ETag } = await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'source' }));

    expect(await codeOf(copy({ Key: 'c', CopySource: `${Bucket}/source`, CopySourceIfMatch: '"other"' }))).toBe(
      'PreconditionFailed',
    );
    expect(await codeOf(copy({ Key: 'c', CopySource: `${Bucket}/source`, CopySourceIfNoneMatch: ETag }))).toBe(
      'PreconditionFailed',
    );
    expect(await codeOf(copy({ Key: 'c', CopySource: `${Bucket}/source`, CopySourceIfMatch: ETag }))).toBe('nothing');
  });

  it('of an object onto itself must change something', async () => {
    await put('self', 'x');

    expect(await codeOf(copy({ Key: 'self', CopySource: `${Bucket}/self` }))).toBe('InvalidRequest');
    expect(await codeOf(copy({ Key: 'self', CopySource: `${Bucket}/self`, MetadataDirective: 'REPLACE' }))).toBe(
      'nothing',
    );
  });

  it('of nothing, of a marker, or of a text that names no object is refused', async () => {
    const marker = (await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'marked' }))).VersionId;
    const odd = await send(s3, { method: 'PUT', path: `/${Bucket}/x`, headers: { 'x-amz-copy-source': 'nothing' } });

    expect(await codeOf(copy({ Key: 'x', CopySource: `${Bucket}/absent` }))).toBe('NoSuchKey');
    expect(await codeOf(copy({ Key: 'x', CopySource: `${Bucket}/marked` }))).toBe('NoSuchKey');
    expect(await codeOf(copy({ Key: 'x', CopySource: `${Bucket}/marked?versionId=${marker}` }))).toBe('InvalidRequest');
    expect(await codeOf(copy({ Key: 'x', CopySource: 'no-such-bucket/key' }))).toBe('NoSuchBucket');
    expect(odd.code).toBe('InvalidArgument');
  });

  it('needs reading rights on the source, writing rights on the target, and both keys', async () => {
    s3.authorized.length = 0;
    s3.keyUses.length = 0;
    await s3.client.send(new PutObjectCommand({ Bucket: 'sealed', Key: 'a', Body: 'x' }));
    await s3.client.send(new CopyObjectCommand({ Bucket: 'sealed', Key: 'b', CopySource: 'sealed/a' }));

    expect(s3.authorized.map(({ action, resource }) => [action, resource])).toEqual([
      ['s3:PutObject', 'arn:aws:s3:::sealed/a'],
      ['s3:GetObject', 'arn:aws:s3:::sealed/a'],
      ['s3:PutObject', 'arn:aws:s3:::sealed/b'],
    ]);
    expect(
      s3.keyUses.map(({ action, encryptionContext, viaService }) => [
        action,
        encryptionContext['aws:s3:arn'],
        viaService,
      ]),
    ).toEqual([
      ['kms:GenerateDataKey', 'arn:aws:s3:::sealed', 's3.ap-south-1.amazonaws.com'],
      ['kms:Decrypt', 'arn:aws:s3:::sealed', 's3.ap-south-1.amazonaws.com'],
      ['kms:GenerateDataKey', 'arn:aws:s3:::sealed', 's3.ap-south-1.amazonaws.com'],
    ]);
  });
});
