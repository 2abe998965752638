import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { pairPerTest, rule } from './replication-world.ts';
import type { S3Server } from './s3-server.ts';

const start = pairPerTest();

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
