import {
  GetBucketReplicationCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterEach, describe, expect, it } from 'vitest';
import { days } from '../../core/time.ts';
import { minute, rule, secondRegion, startPair } from './replication-world.ts';
import type { S3Server } from './s3-server.ts';

let server: S3Server | undefined;
afterEach(async () => {
  await server?.close();
});

const start = async (...args: Parameters<typeof startPair>) => {
  const pair = await startPair(...args);
  server = pair.server;
  return { ...pair, client: pair.server.client, clock: pair.server.clock };
};

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

describe('a copy takes its time', () => {
  it('as long as the lag says, on the one clock', async () => {
    const { put, head, replication, copies, clock } = await start();
    replication.set({ paused: false, lagMs: 10 * minute });
    const { VersionId } = await put();
    await replication.run();
    const early = [await copies(), (await head(VersionId)).ReplicationStatus];
    clock.move(10 * minute);
    await replication.run();

    expect(early).toEqual([[], 'PENDING']);
    expect(await copies()).toHaveLength(1);
  });

  it('and says nothing where it came within the promised time, however far the clock was moved', async () => {
    const { put, replication, told, clock } = await start();
    replication.set({ paused: false, lagMs: 10 * minute });
    await put();
    clock.move(days(2));
    await replication.run();

    expect(told()).toEqual([]);
  });

  it('and is announced when it misses the promise, and when it comes after all', async () => {
    const { put, replication, told, clock } = await start();
    replication.set({ paused: false, lagMs: 30 * minute });
    await put();
    clock.move(16 * minute);
    await replication.run();
    const missed = told();
    await replication.run();
    clock.move(20 * minute);
    await replication.run();

    expect(missed).toMatchObject([
      {
        name: 'Replication:OperationMissedThreshold',
        replicationRuleId: 'recordings',
        destinationBucket: 'arn:aws:s3:::copies',
        s3Operation: 'OBJECT_PUT',
        threshold: '900',
      },
    ]);
    expect(told().map(({ name }) => name)).toEqual([
      'Replication:OperationMissedThreshold',
      'Replication:OperationReplicatedAfterThreshold',
    ]);
  });

  it('and is measured: how late, how many, how much', async () => {
    const { put, replication, clock, server: running } = await start();
    await put();
    await put({ Key: 'raw/b.wav', Body: 'more sound' });
    clock.move(5 * minute);
    replication.measure(clock.now());
    replication.set({ paused: false });
    await replication.run();
    replication.measure(clock.now());
    replication.measure(clock.now());
    const values = (name: string) => running.metrics.filter((metric) => metric.name === name).map(({ value }) => value);

    expect(values('ReplicationLatency')).toEqual([300, 0]);
    expect(values('OperationsPendingReplication')).toEqual([2, 0]);
    expect(values('BytesPendingReplication')).toEqual([15, 0]);
    expect(running.metrics[0]?.dimensions).toEqual({
      SourceBucket: 'originals',
      DestinationBucket: 'copies',
      RuleId: 'recordings',
    });
  });
});

describe('a copy that cannot be made', () => {
  it.each([
    ['sts:AssumeRole', 'AssumeRoleNotPermitted'],
    ['s3:GetReplicationConfiguration', 'SrcBucketReplicationConfigMissing'],
    ['s3:ListBucket', 'SrcGetObjectNotPermitted'],
    ['s3:GetObjectVersionForReplication', 'SrcGetObjectNotPermitted'],
    ['s3:GetObjectVersionAcl', 'SrcGetAclNotPermitted'],
    ['s3:GetObjectVersionTagging', 'SrcGetTaggingNotPermitted'],
    ['s3:GetObjectRetention', 'SrcGetObjectNotPermitted'],
    ['s3:GetObjectLegalHold', 'SrcGetObjectNotPermitted'],
    ['s3:ReplicateObject', 'DstPutObjectNotPermitted'],
    ['s3:ReplicateTags', 'DstPutTaggingNotPermitted'],
    ['kms:Decrypt', 'SrcGetObjectNotPermitted'],
    ['kms:Encrypt', 'DstPutObjectNotPermitted'],
    ['kms:GenerateDataKey', 'DstPutObjectNotPermitted'],
  ])('without %s is given up, told and counted as %s', async (action, failureReason) => {
    const { put, replicate, told, copies, server: running } = await start();
    const { VersionId } = await put({ Tagging: 'a=b' });
    running.denied.add(action);
    await replicate();
    running.denied.clear();
    const { ReplicationStatus } = await running.client.send(
      new HeadObjectCommand({ Bucket: 'originals', Key: 'raw/a.wav', VersionId }),
    );

    expect(told()).toMatchObject([{ name: 'Replication:OperationFailedReplication', failureReason }]);
    expect(ReplicationStatus).toBe('FAILED');
    expect(running.metrics).toMatchObject([{ name: 'OperationsFailedReplication', value: 1 }]);
    expect(await copies()).toEqual([]);
  });

  it('of a marker needs the right to replicate deletes', async () => {
    const { put, remove, replicate, told, server: running } = await start();
    await put();
    await replicate();
    running.denied.add('s3:ReplicateDelete');
    await remove();
    await replicate();

    expect(told()).toMatchObject([{ failureReason: 'DstDelObjNotPermitted', s3Operation: 'OBJECT_DELETE' }]);
  });

  it('because its rule has gone is told as not tracked', async () => {
    const { put, replicate, told, server: running } = await start();
    await put();
    running.s3.configure('originals', 'ap-south-1', (before) => ({
      ...before,
      replication: { role: 'arn:aws:iam::000000000000:role/copy', rules: [rule({ id: 'another' })] },
    }));
    await replicate();

    expect(told().map(({ name }) => name)).toEqual(['Replication:OperationNotTracked']);
  });
});

describe('a lost region', () => {
  it.each(['ap-south-1', secondRegion])('%s stops copies, and they drain when it is back', async (lost) => {
    const { put, replicate, replication, copies, server: running, clock } = await start();
    await put();
    await put({ Key: 'raw/b.wav' });
    running.lostRegions.add(lost);
    clock.move(20 * minute);
    await replicate();
    const [{ operations = 0 } = {}] = replication.backlog();
    running.lostRegions.clear();
    await replicate();

    expect(operations).toBe(2);
    expect(await copies()).toHaveLength(2);
    expect(replication.backlog()).toEqual([]);
  });
});

describe('a replication that S3 would refuse', () => {
  const configure = (running: S3Server, changes: Parameters<typeof rule>[0]) => () =>
    running.s3.configure('originals', 'ap-south-1', (before) => ({
      ...before,
      replication: { role: 'arn:aws:iam::000000000000:role/copy', rules: [rule(changes)] },
    }));

  it('is one into nothing, into itself, or without a key for what is encrypted', async () => {
    const { server: running } = await start();
    const to = (bucketArn: string) => ({ destination: { ...rule().destination, bucketArn } });
    const { replicaKeyId: _, ...keyless } = rule().destination;

    expect(configure(running, to('arn:aws:s3:::nowhere'))).toThrow('must exist');
    expect(configure(running, to('arn:aws:s3:::originals'))).toThrow('another one');
    expect(configure(running, { destination: keyless })).toThrow('ReplicaKmsKeyID');
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
