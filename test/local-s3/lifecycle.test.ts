import {
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutObjectCommand,
  RestoreObjectCommand,
} from '@aws-sdk/client-s3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { days, hours } from '../../core/time.ts';
import type { LifecycleRule } from '../../local/s3/buckets/lifecycle-rule.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let s3: S3Server;
const Bucket = 'aging';
const noon = Date.parse('2026-03-01T12:00:00Z');
beforeEach(async () => {
  s3 = await startS3({ startMs: noon });
  s3.s3.runLifecycle(s3.clock.now());
});
afterEach(() => s3.close());

const rule = (more: Partial<LifecycleRule>): LifecycleRule => ({
  id: 'rule',
  enabled: true,
  filter: { prefix: '', tags: {} },
  expiredObjectDeleteMarker: false,
  transitions: [],
  noncurrentTransitions: [],
  ...more,
});
const bucket = (rules: readonly LifecycleRule[], versioning = true) =>
  s3.bucket(Bucket, {
    ...(versioning && { versioning: 'Enabled' }),
    lifecycle: rules,
    notifications: [
      {
        id: 'all',
        queueArn: 'arn:aws:sqs:ap-south-1:000000000000:q',
        events: ['s3:LifecycleExpiration:*', 's3:LifecycleTransition', 's3:ObjectRestore:*'],
        prefix: '',
        suffix: '',
      },
    ],
  });
const put = (Key: string, more = {}) => s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }));
const advance = (ms: number): void => {
  s3.clock.move(ms);
  s3.s3.runLifecycle(s3.clock.now());
};
const contents = async () => {
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(new ListObjectVersionsCommand({ Bucket }));
  return { versions: Versions.map(({ Key }) => Key), markers: DeleteMarkers.map(({ Key }) => Key) };
};
const eventNames = () =>
  s3.events.map(({ body }) => JSON.parse(body).Records?.[0]?.eventName).filter((name) => name !== undefined);

describe('lifecycle', () => {
  it('expires at the midnight after the days are over, with a marker where versions are kept', async () => {
    bucket([rule({ expirationDays: 3, filter: { prefix: 'put/', tags: {} } })]);
    await put('put/a');
    await put('other');

    advance(days(3));
    expect((await contents()).markers).toEqual([]);
    advance(hours(12));

    expect(await contents()).toEqual({ versions: ['other', 'put/a'], markers: ['put/a'] });
    expect(eventNames()).toEqual(['LifecycleExpiration:DeleteMarkerCreated']);
  });

  it('removes for good in a bucket without versions', async () => {
    bucket([rule({ expirationDays: 1 })], false);
    await put('a');

    advance(days(2));

    expect(await contents()).toEqual({ versions: [], markers: [] });
    expect(eventNames()).toEqual(['LifecycleExpiration:Delete']);
  });

  it('runs the days between two instants one after the other, each at its own time', async () => {
    bucket([rule({ expirationDays: 3, noncurrentExpiration: { days: 2 }, expiredObjectDeleteMarker: true })]);
    await put('a');

    advance(days(4));
    expect(await contents()).toEqual({ versions: ['a'], markers: ['a'] });
    advance(days(1));
    expect(await contents()).toEqual({ versions: ['a'], markers: ['a'] });
    advance(days(30));

    expect(await contents()).toEqual({ versions: [], markers: [] });
    const last = JSON.parse(s3.events.at(-1)?.body ?? '{}').Records[0];
    expect(last.eventTime < '2026-03-10').toBe(true);
  });

  it('removes noncurrent versions but the newest that it is told to keep', async () => {
    bucket([rule({ noncurrentExpiration: { days: 1, newerVersions: 1 } })]);
    for (let index = 0; index < 4; index += 1) await put('a');

    advance(days(3));

    expect((await contents()).versions).toHaveLength(2);
  });

  it('leaves what is locked', async () => {
    bucket([rule({ noncurrentExpiration: { days: 1 } })]);
    s3.s3.configure(Bucket, 'ap-south-1', (before) => ({ ...before, objectLock: {} }));
    await put('a', { ObjectLockLegalHoldStatus: 'ON' });
    await put('b', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(s3.clock.now() + days(20)) });
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
    await s3.client.send(new DeleteObjectCommand({ Bucket, Key: 'b' }));

    advance(days(10));
    expect((await contents()).versions).toEqual(['a', 'b']);
    advance(days(15));

    expect((await contents()).versions).toEqual(['a']);
  });

  it('aborts uploads that nobody completes', async () => {
    bucket([rule({ abortUploadsAfterDays: 1 })]);
    await s3.client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'a' }));

    advance(days(1));
    const before = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }));
    advance(days(1));
    const after = await s3.client.send(new ListMultipartUploadsCommand({ Bucket }));

    expect([before.Uploads?.length, after.Uploads?.length]).toEqual([1, undefined]);
  });

  it('moves what is large enough to its class, and tells so', async () => {
    bucket([
      rule({
        transitions: [
          { storageClass: 'GLACIER_IR', days: 10 },
          { storageClass: 'DEEP_ARCHIVE', days: 90 },
        ],
      }),
    ]);
    await put('large', { Body: Buffer.alloc(128 * 1024) });
    await put('small');
    const classOf = async (Key: string) => (await s3.client.send(new HeadObjectCommand({ Bucket, Key }))).StorageClass;

    advance(days(11));
    expect([await classOf('large'), await classOf('small')]).toEqual(['GLACIER_IR', undefined]);
    advance(days(80));

    expect([await classOf('large'), await classOf('small')]).toEqual(['DEEP_ARCHIVE', undefined]);
    expect(eventNames()).toEqual(['LifecycleTransition', 'LifecycleTransition']);
  });

  it('moves by tag and at once where the rule says so', async () => {
    bucket([
      rule({
        filter: { prefix: '', tags: { archive: 'yes' }, sizeGreaterThan: 0 },
        transitions: [{ storageClass: 'DEEP_ARCHIVE', days: 0 }],
      }),
    ]);
    await put('a', { Tagging: 'archive=yes' });
    await put('b');

    advance(days(1));

    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).StorageClass).toBe('DEEP_ARCHIVE');
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'b' }))).StorageClass).toBeUndefined();
  });
});

describe('archived content', () => {
  const restore = (Days: number, Tier: 'Standard' | 'Bulk' | 'Expedited' = 'Standard') =>
    s3.client.send(
      new RestoreObjectCommand({ Bucket, Key: 'a', RestoreRequest: { Days, GlacierJobParameters: { Tier } } }),
    );
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
    );
  const read = () => codeOf(s3.client.send(new GetObjectCommand({ Bucket, Key: 'a' })));

  it('is read only between the end of its restore and the end of its copy', async () => {
    bucket([]);
    await put('a', { StorageClass: 'DEEP_ARCHIVE' });
    expect(await read()).toBe('InvalidObjectState');
    expect(await codeOf(restore(2, 'Expedited'))).toBe('InvalidArgument');
    expect((await restore(2)).$metadata.httpStatusCode).toBe(202);
    expect(await codeOf(restore(2))).toBe('RestoreAlreadyInProgress');
    expect((await s3.client.send(new HeadObjectCommand({ Bucket, Key: 'a' }))).Restore).toBe('ongoing-request="true"');

    advance(hours(12));
    expect(await read()).toBe('done');
    expect((await restore(5)).$metadata.httpStatusCode).toBe(200);
    advance(days(4));
    expect(await read()).toBe('done');
    advance(days(3));

    expect(await read()).toBe('InvalidObjectState');
    expect(eventNames()).toEqual(['ObjectRestore:Post', 'ObjectRestore:Completed', 'ObjectRestore:Delete']);
  });

  it('of other classes needs no restore', async () => {
    bucket([]);
    await put('a', { StorageClass: 'GLACIER_IR' });

    expect(await codeOf(restore(1))).toBe('InvalidObjectState');
    expect(await read()).toBe('done');
  });
});
