import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let folder: string;
let s3: S3Server;
const Bucket = 'lasting';
const start = () => startS3({ dataDir: folder, database: join(folder, 'db.sqlite') });
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'mediakeep-s3-test-'));
  s3 = await start();
});
afterEach(async () => {
  await s3.close();
  rmSync(folder, { recursive: true });
});

const restart = async () => {
  await s3.close();
  s3 = await start();
};
const files = (): string[] =>
  readdirSync(join(folder, 's3'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, 's3', name)).isFile(),
  );
const read = async (Key: string, VersionId?: string) =>
  (await s3.client.send(new GetObjectCommand({ Bucket, Key, VersionId }))).Body?.transformToString();

describe('after a restart', () => {
  it('buckets, versions, markers, uploads and settings are as they were', async () => {
    s3.bucket(Bucket, { versioning: 'Enabled', tags: { owner: 'me' } });
    const one = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'one', Metadata: { a: '1' } }));
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: Buffer.alloc(500_000, 'two') }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'm' }));
    const { ETag } = await s3.client.send(
      new UploadPartCommand({ Bucket, Key: 'm', UploadId, PartNumber: 1, Body: 'part' }),
    );
    const before = await s3.client.send(new ListObjectVersionsCommand({ Bucket }));

    await restart();

    const after = await s3.client.send(new ListObjectVersionsCommand({ Bucket }));
    expect([after.Versions, after.DeleteMarkers]).toEqual([before.Versions, before.DeleteMarkers]);
    expect(await read('k', one.VersionId)).toBe('one');
    expect(s3.s3.core.buckets.find(Bucket)?.configuration.tags).toEqual({ owner: 'me' });
    await s3.client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: 'm',
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    expect(await read('m')).toBe('part');
  });

  it('new versions come after the old ones, and event order goes on', async () => {
    const notification = {
      id: 'n',
      queueArn: 'arn:aws:sqs:ap-south-1:000000000000:q',
      events: ['s3:ObjectCreated:*'],
      prefix: '',
      suffix: '',
    };
    s3.bucket(Bucket, { versioning: 'Enabled', notifications: [notification] });
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'old' }));
    const sequencer = (server: S3Server): string =>
      JSON.parse(server.events.at(-1)?.body ?? '{}').Records[0].s3.object.sequencer;
    const before = sequencer(s3);

    await restart();
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'new' }));

    expect(await read('k')).toBe('new');
    expect(sequencer(s3) > before).toBe(true);
  });

  it('an event that its queue had not taken is still there', async () => {
    const queueArn = 'arn:aws:sqs:ap-south-1:000000000000:q';
    s3.bucket(Bucket, {
      notifications: [{ id: 'n', queueArn, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' }],
    });
    s3.deafQueues.add(queueArn);
    await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));

    await restart();
    s3.s3.core.outbox.retry();

    expect(s3.events).toHaveLength(1);
  });

  it('nothing is left of uploads that broke off', async () => {
    s3.bucket(Bucket);
    writeFileSync(join(folder, 's3', 'unfinished', 'half'), 'half an upload');

    await restart();

    expect(files()).toEqual([]);
  });
});

describe('a file', () => {
  it('goes when the last version that needs it goes', async () => {
    s3.bucket(Bucket, { versioning: 'Enabled' });
    const { VersionId } = await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
    expect(files()).toHaveLength(1);

    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId }));

    expect(files()).toHaveLength(0);
  });

  it('that is replaced, refused or of an empty object is not kept', async () => {
    s3.bucket(Bucket);
    for (const Body of ['one', 'two', '']) await s3.client.send(new PutObjectCommand({ Bucket, Key: 'k', Body }));
    expect(files()).toHaveLength(0);

    await s3.client
      .send(new PutObjectCommand({ Bucket, Key: 'k', Body: Buffer.alloc(500_000), IfNoneMatch: '*' }))
      .catch(() => undefined);

    expect(files()).toHaveLength(0);
  });
});
