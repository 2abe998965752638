import { days } from '../../core/time.ts';
import { endOf } from './make-backup.ts';
import type { Job, Plan, RecoveryPoint, Vault } from './model.ts';
import type { BackupParts } from './parts.ts';

/** Seconds since the epoch, as AWS Backup writes times. */
const time = (ms: number | undefined): number | undefined => (ms === undefined ? undefined : ms / 1000);

const lifecycle = ({ deleteAfterDays, coldAfterDays }: RecoveryPoint['lifecycle']) => ({
  DeleteAfterDays: deleteAfterDays,
  MoveToColdStorageAfterDays: coldAfterDays,
});

export const describeVault = ({ store }: BackupParts, { name, arn, region, keyArn, lock }: Vault) => ({
  BackupVaultName: name,
  BackupVaultArn: arn,
  VaultType: 'BACKUP_VAULT',
  EncryptionKeyArn: keyArn,
  NumberOfRecoveryPoints: store.points().filter((point) => point.region === region && point.vaultName === name).length,
  Locked: lock !== undefined,
  MinRetentionDays: lock?.minDays,
  MaxRetentionDays: lock?.maxDays,
});

export const describePoint = ({ catalogue }: BackupParts, point: RecoveryPoint): Readonly<Record<string, unknown>> => {
  const end = endOf(point);
  const plan = point.planId === undefined ? undefined : catalogue.plans.get(point.planId);
  const vault = [...catalogue.vaults.values()].find(
    ({ region, name }) => region === point.region && name === point.vaultName,
  );
  return {
    RecoveryPointArn: point.arn,
    BackupVaultName: point.vaultName,
    BackupVaultArn: vault?.arn,
    SourceBackupVaultArn: point.sourceVaultArn,
    ResourceArn: point.resourceArn,
    ResourceType: point.resourceType,
    IamRoleArn: point.roleArn,
    Status: point.continuous ? 'AVAILABLE' : 'COMPLETED',
    CreationDate: time(point.atMs),
    CompletionDate: time(point.createdMs),
    BackupSizeInBytes: point.bytes,
    Lifecycle: lifecycle(point.lifecycle),
    CalculatedLifecycle: { DeleteAt: time(end), MoveToColdStorageAt: time(coldFrom(point)) },
    EncryptionKeyArn: vault?.keyArn,
    IsEncrypted: true,
    ...(plan !== undefined && {
      CreatedBy: { BackupPlanId: plan.id, BackupPlanArn: plan.arn, BackupRuleName: point.ruleName },
    }),
  };
};

const coldFrom = ({ atMs, lifecycle: { coldAfterDays } }: RecoveryPoint): number | undefined =>
  coldAfterDays === undefined ? undefined : atMs + days(coldAfterDays);

const common = (job: Job) => ({
  ResourceArn: job.resourceArn,
  ResourceType: job.resourceType,
  IamRoleArn: job.roleArn,
  CreationDate: time(job.createdMs),
  CompletionDate: time(job.completedMs),
  StatusMessage: job.message,
});

export const describeBackupJob = (job: Job) => ({
  ...common(job),
  BackupJobId: job.id,
  State: job.state,
  PercentDone: job.state === 'COMPLETED' ? '100.0' : '0.0',
  BackupVaultArn: job.vaultArn,
  BackupVaultName: job.vaultArn?.split(':').at(-1),
  RecoveryPointArn: job.recoveryPointArn,
  BackupSizeInBytes: job.bytes,
  ...(job.planId !== undefined && { CreatedBy: { BackupPlanId: job.planId, BackupRuleName: job.ruleName } }),
});

export const describeCopyJob = (job: Job) => ({
  ...common(job),
  CopyJobId: job.id,
  State: job.state,
  SourceBackupVaultArn: job.sourceVaultArn,
  DestinationBackupVaultArn: job.vaultArn,
  DestinationRecoveryPointArn: job.recoveryPointArn,
  BackupSizeInBytes: job.bytes,
});

export const describeRestoreJob = (job: Job) => ({
  ...common(job),
  RestoreJobId: job.id,
  Status: job.state,
  PercentDone: job.state === 'COMPLETED' ? '100.00%' : '0.00%',
  SourceResourceArn: job.resourceArn,
  RecoveryPointArn: job.recoveryPointArn,
  BackupSizeInBytes: job.bytes,
  CreatedResourceArn: job.createdResourceArn,
  ValidationStatus: job.validationStatus,
  ValidationStatusMessage: job.validationMessage,
  DeletionStatus: job.removed === true ? 'SUCCESSFUL' : undefined,
  ...(job.testingPlanArn !== undefined && { CreatedBy: { RestoreTestingPlanArn: job.testingPlanArn } }),
});

export const describePlan = ({ id, arn, name, rules }: Plan) => ({
  BackupPlanId: id,
  BackupPlanArn: arn,
  BackupPlanName: name,
  VersionId: id,
  BackupPlan: {
    BackupPlanName: name,
    Rules: rules.map((rule) => ({
      RuleName: rule.name,
      TargetBackupVaultName: rule.vault,
      ScheduleExpression: rule.schedule,
      EnableContinuousBackup: rule.continuous,
      Lifecycle: lifecycle(rule),
      CopyActions: rule.copies.map((copy) => ({
        DestinationBackupVaultArn: copy.vaultArn,
        Lifecycle: lifecycle(copy),
      })),
    })),
  },
});
