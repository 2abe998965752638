import {
  type BackupClient,
  DescribeRecoveryPointCommand,
  DescribeRestoreJobCommand,
  paginateListRecoveryPointsByBackupVault,
  type RecoveryPointByBackupVault,
  StartRestoreJobCommand,
} from '@aws-sdk/client-backup';
import { days, isoTime } from '../../core/time.ts';
import { namedFailure } from '../shared/aws-failure.ts';
import type { BucketRestores, KnownBackup } from './ports.ts';

export interface BucketRestoresProps {
  readonly backup: BackupClient;
  readonly vaultName: string;
  /** ARN of the bucket whose backups are wanted. */
  readonly bucketArn: string;
  /** The isolated bucket. */
  readonly into: string;
  readonly keyArn: string;
  readonly roleArn: string;
}

/** The backups of the vault bucket in AWS Backup. */
export const bucketRestores = (props: BucketRestoresProps): BucketRestores => {
  const { backup, vaultName, into, keyArn, roleArn } = props;
  return {
    async find(RecoveryPointArn) {
      try {
        const command = new DescribeRecoveryPointCommand({ BackupVaultName: vaultName, RecoveryPointArn });
        const { ResourceType, CreationDate } = await backup.send(command);
        if (ResourceType === undefined || CreationDate === undefined) return undefined;
        return { arn: RecoveryPointArn, resourceType: ResourceType, atMs: CreationDate.getTime() };
      } catch (error) {
        if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
        throw namedFailure(error, 'DescribeRecoveryPoint');
      }
    },
    nearest: (atMs) => nearest(props, atMs),
    async start(point, items) {
      const command = new StartRestoreJobCommand({
        RecoveryPointArn: point.arn,
        IamRoleArn: roleArn,
        ResourceType: 'S3',
        Metadata: {
          DestinationBucketName: into,
          NewBucket: 'false',
          Encrypted: 'true',
          EncryptionType: 'SSE-KMS',
          KMSKey: keyArn,
          ...(point.restoreTime !== undefined && { RestoreTime: point.restoreTime }),
          ...(items.length > 0 && { ItemsToRestore: JSON.stringify(items) }),
        },
      });
      try {
        return (await backup.send(command)).RestoreJobId ?? '';
      } catch (error) {
        throw namedFailure(error, 'StartRestoreJob');
      }
    },
    async state(RestoreJobId) {
      const { Status, StatusMessage } = await backup.send(new DescribeRestoreJobCommand({ RestoreJobId }));
      if (Status === 'COMPLETED') return { state: 'done' };
      if (Status !== 'FAILED' && Status !== 'ABORTED') return { state: 'running' };
      return { state: 'failed', ...(StatusMessage !== undefined && { message: StatusMessage }) };
    },
  };
};

type Nearest = KnownBackup & { readonly restoreTime?: string };

/** The continuous backup where it reaches the instant, else the newest periodic one before it, else the first after it. */
const nearest = async (props: BucketRestoresProps, atMs: number): Promise<Nearest | undefined> => {
  const points = await pointsOf(props);
  const continuous = points.find((point) => isContinuous(point) && reaches(point, atMs));
  if (continuous !== undefined) return { ...known(continuous), restoreTime: isoTime(atMs) };
  const periodic = points.filter((point) => !isContinuous(point)).map(known);
  const before = periodic.filter((point) => point.atMs <= atMs).sort((a, b) => b.atMs - a.atMs);
  const after = periodic.filter((point) => point.atMs > atMs).sort((a, b) => a.atMs - b.atMs);
  return before[0] ?? after[0];
};

const pointsOf = async ({
  backup,
  vaultName,
  bucketArn,
}: BucketRestoresProps): Promise<RecoveryPointByBackupVault[]> => {
  const points: RecoveryPointByBackupVault[] = [];
  const input = { BackupVaultName: vaultName, ByResourceArn: bucketArn };
  try {
    for await (const { RecoveryPoints = [] } of paginateListRecoveryPointsByBackupVault({ client: backup }, input)) {
      points.push(...RecoveryPoints);
    }
  } catch (error) {
    throw namedFailure(error, 'ListRecoveryPointsByBackupVault');
  }
  return points;
};

/** A continuous backup has no end of its own: it is the one that can be restored to any instant. */
const isContinuous = ({ RecoveryPointArn = '' }: RecoveryPointByBackupVault): boolean =>
  RecoveryPointArn.includes(':recovery-point:continuous:');

const reaches = ({ CreationDate, Lifecycle }: RecoveryPointByBackupVault, atMs: number): boolean => {
  const age = Date.now() - atMs;
  return (CreationDate?.getTime() ?? 0) <= atMs && age < days(Lifecycle?.DeleteAfterDays ?? 35);
};

const known = ({
  RecoveryPointArn = '',
  ResourceType = 'S3',
  CreationDate,
}: RecoveryPointByBackupVault): KnownBackup => ({
  arn: RecoveryPointArn,
  resourceType: ResourceType,
  atMs: CreationDate?.getTime() ?? 0,
});
