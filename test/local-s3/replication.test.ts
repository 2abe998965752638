import {
  GetBucketReplicationCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { days } from '../../core/time.ts';
import { pairPerTest, rule, secondRegion } from './replication-world.ts';

const start = pairPerTest();

describe('a new version is copied', () => {
  it('under its own id, with content, metadata, tags, class, lock and its own region’s key', async () => {
    const { put, replicate, head, headCopy, readCopy, clock } = await start();
    const until = new Date(Math.floor((clock.now() + days(3)) / 1000) * 1000);
    const { VersionId } = await put({
      Metadata: { facts: 'said' },
      Tagging: 'mood=calm',
      ContentType: 'audio/wav',
      StorageClass: 'STANDARD_IA',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'ON',
    });
    await replicate();

    expect(await readCopy(VersionId)).toBe('sound');
    const [original, copy] = [await head(VersionId), await headCopy(VersionId)];
    expect(copy).toMatchObject({
      VersionId,
      LastModified: original.LastModified,
      Metadata: { facts: 'said' },
      ContentType: 'audio/wav',
      StorageClass: 'STANDARD_IA',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'ON',
      SSEKMSKeyId: `arn:aws:kms:${secondRegion}:000000000000:key/of-copies`,
      ReplicationStatus: 'REPLICA',
    });
    expect(original.ReplicationStatus).toBe('COMPLETED');
  });

  it('in a file of its own, so that damage to one does not reach the other', async () => {
    const { put, replicate, server: running } = await start();
    const { VersionId = '' } = await put();
    await replicate();
    const { buckets, versions } = running.s3.core;
    const blob = (name: string) =>
      versions.find(buckets.find(name)?.id ?? 0, 'raw/a.wav', VersionId)?.detail.segments[0]?.[0];

    expect(blob('copies')).toBeDefined();
    expect(blob('copies')).not.toBe(blob('originals'));
  });

  it('and not what no rule covers, nor what a rule leaves out', async () => {
    const { put, replicate, copies, client } = await start([
      rule({ id: 'off', enabled: false, priority: 9 }),
      rule({ encryptedObjects: false }),
      rule({ id: 'tagged', prefix: 'tagged/', tags: { keep: 'yes' } }),
    ]);
    await put();
    await put({ Key: 'elsewhere/a.wav' });
    await put({ Key: 'tagged/no.wav' });
    const { VersionId } = await put({ Key: 'tagged/yes.wav', Tagging: 'keep=yes' });
    await replicate();

    expect(await copies()).toEqual([{ Key: 'tagged/yes.wav', VersionId, IsLatest: true }]);
    const { ReplicationStatus } = await client.send(new HeadObjectCommand({ Bucket: 'originals', Key: 'raw/a.wav' }));
    expect(ReplicationStatus).toBeUndefined();
  });

  it('only if it was written after the rule', async () => {
    const { put, replicate, copies, server: running } = await start();
    const change = (rules: ReturnType<typeof rule>[] | undefined) =>
      running.s3.configure('originals', 'ap-south-1', ({ replication: before, ...rest }) => ({
        ...rest,
        ...(rules && { replication: { role: before?.role ?? 'arn:aws:iam::000000000000:role/copy', rules } }),
      }));
    change(undefined);
    await put();
    change([rule()]);
    await put({ Key: 'raw/b.wav' });
    await replicate();

    expect((await copies()).map(({ Key }) => Key)).toEqual(['raw/b.wav']);
  });

  it('in the order in which the originals were written, however late one comes', async () => {
    const { put, replicate, copies, server: running } = await start();
    running.denied.add('s3:ReplicateObject');
    const { VersionId: first } = await put();
    await replicate();
    running.denied.clear();
    const { VersionId: second } = await put();
    await replicate();
    await running.client.send(
      new PutObjectTaggingCommand({
        Bucket: 'originals',
        Key: 'raw/a.wav',
        VersionId: first,
        Tagging: { TagSet: [{ Key: 'again', Value: 'yes' }] },
      }),
    );
    await replicate();

    expect(await copies()).toEqual([
      { Key: 'raw/a.wav', VersionId: second, IsLatest: true },
      { Key: 'raw/a.wav', VersionId: first, IsLatest: false },
    ]);
  });
});

describe('what happens to a version later', () => {
  it('follows: tags, retention and legal hold', async () => {
    const { put, replicate, headCopy, client, clock } = await start();
    const target = { Bucket: 'originals', Key: 'raw/a.wav', VersionId: (await put()).VersionId };
    await replicate();
    const until = new Date(Math.floor((clock.now() + days(9)) / 1000) * 1000);
    await client.send(new PutObjectTaggingCommand({ ...target, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }));
    await client.send(
      new PutObjectRetentionCommand({ ...target, Retention: { Mode: 'GOVERNANCE', RetainUntilDate: until } }),
    );
    await client.send(new PutObjectLegalHoldCommand({ ...target, LegalHold: { Status: 'ON' } }));
    const { ReplicationStatus } = await client.send(new HeadObjectCommand(target));
    await replicate();

    expect(ReplicationStatus).toBe('PENDING');
    expect(await headCopy(target.VersionId)).toMatchObject({
      TagCount: 1,
      ObjectLockRetainUntilDate: until,
      ObjectLockLegalHoldStatus: 'ON',
    });
  });

  it('hides the copy where it was deleted, and never removes a version', async () => {
    const { put, remove, replicate, copies, readCopy } = await start();
    const { VersionId } = await put();
    const { VersionId: marker } = await remove();
    await replicate();
    const hidden = await copies();
    await remove(VersionId);
    await replicate();

    expect(hidden).toEqual([
      { Key: 'raw/a.wav', VersionId, IsLatest: false },
      { Key: 'raw/a.wav', VersionId: marker, IsLatest: true },
    ]);
    expect(await readCopy(VersionId)).toBe('sound');
  });

  it('leaves the copy in sight where markers are not to travel', async () => {
    const { put, remove, replicate, copies } = await start([rule({ deleteMarkers: false })]);
    const { VersionId } = await put();
    await remove();
    await replicate();

    expect(await copies()).toEqual([{ Key: 'raw/a.wav', VersionId, IsLatest: true }]);
  });

  it('does not bring back what was erased before it was copied', async () => {
    const { put, remove, replicate, replication, copies } = await start();
    const { VersionId } = await put();
    await remove(VersionId);
    await replicate();

    expect(await copies()).toEqual([]);
    expect(replication.backlog()).toEqual([]);
  });

  it('keeps the markers of lifecycle rules at home', async () => {
    const { put, replicate, copies, server: running } = await start();
    running.s3.configure('originals', 'ap-south-1', (before) => ({
      ...before,
      lifecycle: [
        {
          id: 'soon',
          enabled: true,
          filter: { prefix: '', tags: {} },
          expiredObjectDeleteMarker: false,
          transitions: [],
          noncurrentTransitions: [],
          expirationDays: 1,
        },
      ],
    }));
    running.s3.runLifecycle(running.clock.now());
    const { VersionId } = await put();
    running.clock.move(days(3));
    running.s3.runLifecycle(running.clock.now());
    await replicate();

    expect(await copies()).toEqual([{ Key: 'raw/a.wav', VersionId, IsLatest: true }]);
  });
});

describe('the configuration', () => {
  it('is answered as it was set', async () => {
    const { client } = await start();
    const { ReplicationConfiguration } = await client.send(new GetBucketReplicationCommand({ Bucket: 'originals' }));

    expect(ReplicationConfiguration).toMatchObject({
      Role: 'arn:aws:iam::000000000000:role/copy',
      Rules: [
        {
          ID: 'recordings',
          Priority: 1,
          Status: 'Enabled',
          Filter: { Prefix: 'raw/' },
          DeleteMarkerReplication: { Status: 'Enabled' },
          SourceSelectionCriteria: { SseKmsEncryptedObjects: { Status: 'Enabled' } },
          Destination: {
            Bucket: 'arn:aws:s3:::copies',
            ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
            Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
          },
        },
      ],
    });
  });

  it('does not apply to copies, which say what they are', async () => {
    const { put, replicate, replication, elsewhere, headCopy } = await start();
    await put();
    await replicate();
    await elsewhere.send(new PutObjectCommand({ Bucket: 'copies', Key: 'raw/own.wav', Body: 'x' }));
    await replicate();

    expect((await headCopy()).ReplicationStatus).toBe('REPLICA');
    expect(replication.backlog()).toEqual([]);
  });
});
