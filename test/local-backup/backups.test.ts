import {
  DeleteRecoveryPointCommand,
  DescribeBackupJobCommand,
  DescribeRestoreJobCommand,
  GetRecoveryPointRestoreMetadataCommand,
  ListRecoveryPointsByBackupVaultCommand,
  StartBackupJobCommand,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
} from '@aws-sdk/client-s3';
import { describe, expect, it, vi } from 'vitest';
import { days, hours, isoTime } from '../../core/time.ts';
import { type BackupWorld, backupWorld, roleArn } from './backup-world.ts';

const ResourceArn = 'arn:aws:s3:::precious';

const pointsIn = async ({ client }: BackupWorld) =>
  (await client.send(new ListRecoveryPointsByBackupVaultCommand({ BackupVaultName: 'keep' }))).RecoveryPoints ?? [];

const continuousOf = async (world: BackupWorld): Promise<string> =>
  (await pointsIn(world)).find(({ RecoveryPointArn }) => RecoveryPointArn?.includes(':continuous:'))
    ?.RecoveryPointArn ?? '';

const backUp = async ({ client, backup }: BackupWorld, DeleteAfterDays = 8) => {
  const input = { BackupVaultName: 'keep', ResourceArn, IamRoleArn: roleArn, Lifecycle: { DeleteAfterDays } };
  const { BackupJobId } = await client.send(new StartBackupJobCommand(input));
  const job = await client.send(new DescribeBackupJobCommand({ BackupJobId }));
  return { ...job, point: backup.store.point(job.RecoveryPointArn ?? '') };
};

const restore = async ({ client }: BackupWorld, RecoveryPointArn: string, more: Record<string, string> = {}) => {
  const Metadata = { DestinationBucketName: 'isolated', NewBucket: 'false', ...more };
  const input = { RecoveryPointArn, IamRoleArn: roleArn, Metadata };
  const { RestoreJobId } = await client.send(new StartRestoreJobCommand(input));
  return await vi.waitUntil(
    async () => {
      const job = await client.send(new DescribeRestoreJobCommand({ RestoreJobId }));
      return job.Status === 'RUNNING' ? undefined : job;
    },
    { interval: 5 },
  );
};

const isolated = async ({ s3 }: BackupWorld): Promise<Record<string, string>> => {
  const { Contents = [] } = await s3.client.send(new ListObjectsV2Command({ Bucket: 'isolated' }));
  const texts = Contents.map(async ({ Key = '' }) => {
    const { Body } = await s3.client.send(new GetObjectCommand({ Bucket: 'isolated', Key }));
    return [Key, (await Body?.transformToString()) ?? ''] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
};

/** Every version goes, as somebody with all rights would do it. */
const wipe = async ({ s3 }: BackupWorld): Promise<void> => {
  const { Versions = [], DeleteMarkers = [] } = await s3.client.send(
    new ListObjectVersionsCommand({ Bucket: 'precious' }),
  );
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await s3.client.send(new DeleteObjectCommand({ Bucket: 'precious', Key, VersionId }));
  }
};

describe('a backup of a bucket', () => {
  it('holds what was there, though every version has gone since', async () => {
    await using world = await backupWorld();
    await world.put('precious', 'a', 'first');
    await world.put('precious', 'b', 'only');
    const { RecoveryPointArn = '', State } = await backUp(world);
    await world.pass(hours(1));
    await world.put('precious', 'a', 'second');
    await wipe(world);

    const job = await restore(world, RecoveryPointArn);

    expect(State).toBe('COMPLETED');
    expect(job).toMatchObject({ Status: 'COMPLETED', CreatedResourceArn: 'arn:aws:s3:::isolated' });
    expect(await isolated(world)).toEqual({ a: 'first', b: 'only' });
  });

  it('that is continuous restores any instant, key by key or by prefix', async () => {
    await using world = await backupWorld();
    await world.pass(1_000);
    await world.put('precious', 'x/a', 'first');
    await world.put('precious', 'y/b', 'other');
    const then = world.s3.clock.now();
    await world.pass(hours(30));
    await world.put('precious', 'x/a', 'second');
    await wipe(world);
    const point = await continuousOf(world);

    await restore(world, point, { RestoreTime: isoTime(then), ItemsToRestore: JSON.stringify(['x/']) });

    expect(await isolated(world)).toEqual({ 'x/a': 'first' });
  });

  it('holds no key whose newest version was a delete marker', async () => {
    await using world = await backupWorld();
    await world.put('precious', 'a', 'first');
    await world.s3.client.send(new DeleteObjectCommand({ Bucket: 'precious', Key: 'a' }));
    const { RecoveryPointArn = '' } = await backUp(world);

    await restore(world, RecoveryPointArn);

    expect(await isolated(world)).toEqual({});
  });

  it('replaces nothing that is there, and goes to Standard', async () => {
    await using world = await backupWorld();
    await world.put('precious', 'a', 'from the backup');
    await world.put('precious', 'b', 'from the backup');
    await world.put('isolated', 'a', 'was there');
    const { RecoveryPointArn = '' } = await backUp(world);

    await restore(world, RecoveryPointArn);

    expect(await isolated(world)).toEqual({ a: 'was there', b: 'from the backup' });
    const { Contents = [] } = await world.s3.client.send(new ListObjectsV2Command({ Bucket: 'isolated' }));
    expect(new Set(Contents.map(({ StorageClass }) => StorageClass))).toEqual(new Set(['STANDARD']));
  });

  it('does not cover what had been archived by then', async () => {
    await using world = await backupWorld();
    await world.put('precious', 'a', 'cold');
    const { core } = world.s3.s3;
    const version = core.versions.current(core.buckets.find('precious')?.id ?? 0, 'a');
    if (version === undefined) throw new Error('there is no version');
    const before = await backUp(world);
    await world.pass(hours(1));
    core.versions.setDetail(version, {
      ...version.detail,
      storageClass: 'DEEP_ARCHIVE',
      transitionedAt: world.s3.clock.now(),
    });
    await world.pass(hours(1));
    const after = await backUp(world);

    await restore(world, after.RecoveryPointArn ?? '');
    expect(await isolated(world)).toEqual({});
    await restore(world, before.RecoveryPointArn ?? '');
    expect(await isolated(world)).toEqual({ a: 'cold' });
  });

  it('refuses an instant that it does not reach, and metadata that say nothing', async () => {
    await using world = await backupWorld();
    const point = await continuousOf(world);

    const early = await restore(world, point, { RestoreTime: '2020-01-01T00:00:00Z' });
    const many = await restore(world, point, { ItemsToRestore: JSON.stringify(['a', 'b', 'c', 'd', 'e', 'f']) });

    expect(early).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringContaining('RestoreTime must lie') });
    expect(many).toMatchObject({ Status: 'FAILED', StatusMessage: expect.stringContaining('one to 5 keys') });
  });

  it('tells what a restore needs to know', async () => {
    await using world = await backupWorld();
    const { RecoveryPointArn } = await backUp(world);

    const { RestoreMetadata } = await world.client.send(
      new GetRecoveryPointRestoreMetadataCommand({ BackupVaultName: 'keep', RecoveryPointArn }),
    );

    expect(RestoreMetadata).toMatchObject({ BucketName: 'precious', EncryptionType: 'original' });
  });
});

describe('plans', () => {
  it('make a backup a day at its hour, copy it to the second region, and end it', async () => {
    await using world = await backupWorld();
    await world.pass(days(3));

    const daily = (await pointsIn(world)).filter(({ CreatedBy }) => CreatedBy?.BackupRuleName === 'daily');
    expect(daily.map(({ CreationDate }) => CreationDate?.getUTCHours())).toEqual([20, 20, 20]);
    expect(world.backup.store.points().filter(({ region }) => region === 'ap-south-2')).toHaveLength(3);

    await world.pass(days(20));
    expect((await pointsIn(world)).filter(({ CreatedBy }) => CreatedBy?.BackupRuleName === 'daily')).toHaveLength(8);
  });

  it('let the files go that no backup reaches any more, and not before', async () => {
    await using world = await backupWorld();
    await world.put('precious', 'a', 'soon gone');
    const { core } = world.s3.s3;
    const [segment] = core.versions.current(core.buckets.find('precious')?.id ?? 0, 'a')?.detail.segments ?? [];
    await world.pass(days(1));
    await wipe(world);

    await world.pass(days(34));
    expect(core.blobs.read(segment?.[0] ?? '').toString()).toBe('soon gone');
    await world.pass(days(2));
    expect(() => core.blobs.read(segment?.[0] ?? '')).toThrow('ENOENT');
  });
});

describe('rights and locks', () => {
  it('a role that may not read fails the backup, and everybody hears of it', async () => {
    await using world = await backupWorld();
    world.denied.add('s3:GetObjectVersion');

    const { State, StatusMessage } = await backUp(world);

    expect({ State, StatusMessage }).toEqual({ State: 'FAILED', StatusMessage: 's3:GetObjectVersion is denied.' });
    expect(world.events.at(-1)).toMatchObject({ detailType: 'Backup Job State Change', detail: { state: 'FAILED' } });
    expect(world.counted.slice(-2)).toEqual([
      'NumberOfBackupJobsFailed ResourceType=S3',
      'NumberOfBackupJobsFailed ResourceType=S3 BackupVaultName=keep',
    ]);
  });

  it('who may not pass the role starts nothing', async () => {
    await using world = await backupWorld();
    world.denied.add('iam:PassRole');

    await expect(backUp(world)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('a locked vault lets no recovery point go before its end, and takes none that would stay too long', async () => {
    await using world = await backupWorld({ lock: { MinRetentionDays: 1, MaxRetentionDays: 35 } });
    const { RecoveryPointArn } = await backUp(world);

    const late = await backUp(world, 36);
    const removal = world.client.send(new DeleteRecoveryPointCommand({ BackupVaultName: 'keep', RecoveryPointArn }));

    expect(late).toMatchObject({ State: 'FAILED', StatusMessage: expect.stringContaining('maximum (35)') });
    await expect(removal).rejects.toThrow('is locked');
  });

  it('the policy of a vault refuses deletion to whoever may do everything', async () => {
    const Statement = [{ Effect: 'Deny', Principal: '*', Action: ['backup:DeleteRecoveryPoint'], Resource: '*' }];
    await using world = await backupWorld({ policy: { Version: '2012-10-17', Statement } });
    const { RecoveryPointArn } = await backUp(world);

    const removal = world.client.send(new DeleteRecoveryPointCommand({ BackupVaultName: 'keep', RecoveryPointArn }));

    await expect(removal).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });
});
