import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { S3Server } from './s3-server.ts';
import { region, startS3 } from './s3-server.ts';

const queue = 'arn:aws:sqs:ap-south-1:000000000000:catalog';
const other = 'arn:aws:sqs:ap-south-1:000000000000:other';
const Bucket = 'announced';
const Message = z.object({
  Records: z.tuple([
    z.object({
      eventVersion: z.string(),
      eventSource: z.literal('aws:s3'),
      awsRegion: z.string(),
      eventTime: z.iso.datetime(),
      eventName: z.string(),
      s3: z.object({
        s3SchemaVersion: z.literal('1.0'),
        configurationId: z.string(),
        bucket: z.object({ name: z.string(), arn: z.string() }),
        object: z.object({
          key: z.string(),
          size: z.number().optional(),
          eTag: z.string().optional(),
          versionId: z.string().optional(),
          sequencer: z.string().optional(),
        }),
      }),
    }),
  ]),
});

let s3: S3Server;
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, {
    versioning: 'Enabled',
    notifications: [
      {
        id: 'all',
        queueArn: queue,
        events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*', 's3:ObjectTagging:*'],
        prefix: 'a/',
        suffix: '',
      },
      { id: 'wav', queueArn: other, events: ['s3:ObjectCreated:Put'], prefix: 'b/', suffix: '.wav' },
    ],
  });
});
beforeEach(() => void s3.events.splice(0));
afterAll(() => s3.close());

const put = (Key: string) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'hello' }));
const records = () => s3.events.map(({ body }) => Message.parse(JSON.parse(body)).Records[0]);

describe('a notification', () => {
  it('tells what S3 tells of a new object', async () => {
    const { VersionId } = await put('a/red flower+é(1).txt');

    const [record] = records();

    expect(record).toMatchObject({
      eventName: 'ObjectCreated:Put',
      awsRegion: region,
      s3: { configurationId: 'all', bucket: { name: Bucket, arn: `arn:aws:s3:::${Bucket}` } },
    });
    expect(record?.s3.object).toEqual({
      key: 'a/red+flower%2B%C3%A9%281%29.txt',
      size: 5,
      eTag: '5d41402abc4b2a76b9719d911017c592',
      versionId: VersionId,
      sequencer: expect.stringMatching(/^[0-9A-F]{18}$/),
    });
  });

  it('comes for each way in which an object is made, marked or removed', async () => {
    const { VersionId } = await put('a/1');
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'a/2', CopySource: `${Bucket}/a/1` }));
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a/3' }));
    const { ETag } = await s3.client.send(
      new UploadPartCommand({ Bucket, Key: 'a/3', UploadId, PartNumber: 1, Body: 'x' }),
    );
    await s3.client.send(
      new CompleteMultipartUploadCommand({
        Bucket,
        Key: 'a/3',
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'a/1' }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'a/1', VersionId }));
    await s3.client.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'a/2', Tagging: { TagSet: [{ Key: 'k', Value: 'v' }] } }),
    );

    expect(records().map(({ eventName }) => eventName)).toEqual([
      'ObjectCreated:Put',
      'ObjectCreated:Copy',
      'ObjectCreated:CompleteMultipartUpload',
      'ObjectRemoved:DeleteMarkerCreated',
      'ObjectRemoved:Delete',
      'ObjectTagging:Put',
    ]);
    const sequencers = records().flatMap((record) => record.s3.object.sequencer ?? []);
    expect(sequencers).toHaveLength(5);
    expect(sequencers).toEqual(sequencers.toSorted());
  });

  it('goes only where prefix, suffix and event fit', async () => {
    await put('b/1.wav');
    await put('b/1.mp3');
    await put('c/1.wav');
    await s3.client.send(new CopyObjectCommand({ Bucket, Key: 'b/2.wav', CopySource: `${Bucket}/b/1.wav` }));

    expect(s3.events.map(({ queueArn }) => queueArn)).toEqual([other]);
  });

  it('that the queue does not take is kept and comes later, and the object is stored all the same', async () => {
    s3.deafQueues.add(queue);
    const { VersionId } = await put('a/kept');
    expect(VersionId).toBeTypeOf('string');
    s3.deafQueues.clear();

    s3.s3.core.outbox.retry();
    s3.s3.core.outbox.retry();

    expect(records().map((record) => record.s3.object.key)).toEqual(['a/kept']);
  });

  it('is not sent for what did not happen', async () => {
    await put('a/once');
    s3.events.splice(0);

    await s3.client
      .send(new PutObjectCommand({ Bucket, Key: 'a/once', Body: 'x', IfNoneMatch: '*' }))
      .catch(() => undefined);

    expect(s3.events).toEqual([]);
  });
});

describe('a notification configuration', () => {
  it('is tested on its queue, which gets a test event', () => {
    s3.bucket('tested', {
      notifications: [{ id: '1', queueArn: queue, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' }],
    });

    expect(JSON.parse(s3.events[0]?.body ?? '{}')).toMatchObject({
      Service: 'Amazon S3',
      Event: 's3:TestEvent',
      Bucket: 'tested',
    });
  });

  it('is refused where the queue takes nothing, and then there is no bucket', () => {
    s3.deafQueues.add(queue);
    const create = () =>
      s3.bucket('unheard', {
        notifications: [{ id: '1', queueArn: queue, events: ['s3:ObjectCreated:*'], prefix: '', suffix: '' }],
      });

    expect(create).toThrow('Unable to validate the following destination configurations');
    s3.deafQueues.clear();
    expect(s3.s3.core.buckets.find('unheard')).toBeUndefined();
  });

  it('is refused where two would announce one event, or an event does not exist', () => {
    const notification = (id: string, prefix: string, event = 's3:ObjectCreated:*') => ({
      id,
      queueArn: queue,
      events: [event],
      prefix,
      suffix: '',
    });

    expect(() =>
      s3.bucket('overlap', {
        notifications: [notification('1', 'a/'), notification('2', 'a/b', 's3:ObjectCreated:Put')],
      }),
    ).toThrow('Configurations overlap');
    expect(() => s3.bucket('unknown', { notifications: [notification('1', '', 's3:ObjectEaten')] })).toThrow(
      'not supported',
    );
    expect(() =>
      s3.bucket('apart', { notifications: [notification('1', 'a/'), notification('2', 'b/')] }),
    ).not.toThrow();
  });
});
