import type { ObjectLockRetention, PutObjectCommandInput } from '@aws-sdk/client-s3';
import {
  DeleteObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { days } from '../../core/time.ts';
import type { S3Server } from './s3-server.ts';
import { startS3 } from './s3-server.ts';

let s3: S3Server;
const Bucket = 'locked';
beforeAll(async () => {
  s3 = await startS3();
  s3.bucket(Bucket, { versioning: 'Enabled', objectLock: {} });
  s3.bucket('audit', { versioning: 'Enabled', objectLock: { defaultRetention: { mode: 'COMPLIANCE', days: 400 } } });
  s3.bucket('plain', { versioning: 'Enabled' });
});
afterAll(() => s3.close());

const inDays = (count: number): Date => new Date(s3.clock.now() + days(count));
const put = async (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  (await s3.client.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...more }))).VersionId;
const remove = (Key: string, VersionId?: string, bypass = false) =>
  codeOf(
    s3.client.send(
      new DeleteObjectCommand({ Bucket, Key, VersionId, ...(bypass && { BypassGovernanceRetention: true }) }),
    ),
  );
const retain = (Key: string, Retention: ObjectLockRetention, bypass = false) =>
  codeOf(
    s3.client.send(
      new PutObjectRetentionCommand({ Bucket, Key, Retention, ...(bypass && { BypassGovernanceRetention: true }) }),
    ),
  );
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? error.name : 'unknown'),
  );

describe('a locked version', () => {
  it('under COMPLIANCE goes for nobody until its time, but can be hidden', async () => {
    const VersionId = await put('compliance', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(10) });

    expect(await remove('compliance', VersionId)).toBe('AccessDenied');
    expect(await remove('compliance', VersionId, true)).toBe('AccessDenied');
    expect(await remove('compliance')).toBe('done');
    s3.clock.move(days(10) + 1000);
    const later = await remove('compliance', VersionId);
    s3.clock.move(-days(10) - 1000);
    expect(later).toBe('done');
  });

  it('under GOVERNANCE goes only for who may pass over it and says so', async () => {
    const VersionId = await put('governance', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(10) });

    expect(await remove('governance', VersionId)).toBe('AccessDenied');
    s3.denied.add('s3:BypassGovernanceRetention');
    expect(await remove('governance', VersionId, true)).toBe('AccessDenied');
    s3.denied.clear();
    expect(await remove('governance', VersionId, true)).toBe('done');
  });

  it('under legal hold stays until the hold is released', async () => {
    const VersionId = await put('held', { ObjectLockLegalHoldStatus: 'ON' });
    const hold = (Status: 'ON' | 'OFF') =>
      s3.client.send(new PutObjectLegalHoldCommand({ Bucket, Key: 'held', LegalHold: { Status } }));

    expect(await remove('held', VersionId, true)).toBe('AccessDenied');
    expect((await s3.client.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'held' }))).LegalHold?.Status).toBe('ON');
    await hold('OFF');
    expect(await remove('held', VersionId)).toBe('done');
  });

  it('may be kept longer but not shorter, and never more loosely', async () => {
    await put('longer', { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: inDays(10) });

    expect(await retain('longer', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(20) })).toBe('done');
    expect(await retain('longer', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(19) }, true)).toBe('AccessDenied');
    expect(await retain('longer', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(30) }, true)).toBe('AccessDenied');
    expect(await retain('longer', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(-1) })).toBe('InvalidArgument');
    const kept = await s3.client.send(new GetObjectRetentionCommand({ Bucket, Key: 'longer' }));
    expect(kept.Retention?.Mode).toBe('COMPLIANCE');
  });

  it('under governance may be shortened by who may pass over it', async () => {
    await put('shorter', { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: inDays(10) });

    expect(await retain('shorter', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(5) })).toBe('AccessDenied');
    expect(await retain('shorter', { Mode: 'GOVERNANCE', RetainUntilDate: inDays(5) }, true)).toBe('done');
    expect(await retain('shorter', { Mode: 'COMPLIANCE', RetainUntilDate: inDays(5.5) })).toBe('done');
  });

  it('gets the bucket’s retention where it brings none', async () => {
    await s3.client.send(new PutObjectCommand({ Bucket: 'audit', Key: 'segment', Body: 'x' }));

    const head = await s3.client.send(new HeadObjectCommand({ Bucket: 'audit', Key: 'segment' }));

    expect(head.ObjectLockMode).toBe('COMPLIANCE');
    expect(Math.abs((head.ObjectLockRetainUntilDate?.getTime() ?? 0) - inDays(400).getTime())).toBeLessThan(60_000);
  });
});

describe('Object Lock', () => {
  it('is refused to objects of a bucket that does not have it', async () => {
    expect(
      await codeOf(
        s3.client.send(new PutObjectCommand({ Bucket: 'plain', Key: 'x', Body: 'x', ObjectLockLegalHoldStatus: 'ON' })),
      ),
    ).toBe('InvalidRequest');
    expect(await codeOf(s3.client.send(new GetObjectLockConfigurationCommand({ Bucket: 'plain' })))).toBe(
      'ObjectLockConfigurationNotFoundError',
    );
  });

  it('needs mode and date together', async () => {
    expect(await codeOf(put('half', { ObjectLockMode: 'GOVERNANCE' }))).toBe('InvalidArgument');
  });

  it('keeps versioning on, and its default can be changed', async () => {
    const suspend = await codeOf(
      s3.client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Suspended' } })),
    );
    await s3.client.send(
      new PutObjectLockConfigurationCommand({
        Bucket: 'plain',
        ObjectLockConfiguration: {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Years: 1 } },
        },
      }),
    );
    const configuration = await s3.client.send(new GetObjectLockConfigurationCommand({ Bucket: 'plain' }));

    expect(suspend).toBe('InvalidBucketState');
    expect(configuration.ObjectLockConfiguration?.Rule?.DefaultRetention).toEqual({ Mode: 'GOVERNANCE', Years: 1 });
  });
});
