import * as z from 'zod';
import { invalidParameter, invalidRequest, notFound } from './catalogue.ts';
import { describeBackupJob, describeCopyJob, describeRestoreJob } from './descriptions.ts';
import { keepJob } from './job-events.ts';
import { copyBackup, makeBackup } from './make-backup.ts';
import type { Job, JobKind } from './model.ts';
import type { BackupParts } from './parts.ts';
import { permitAny, permitPoint, permitRole, permitVault } from './permit.ts';
import type { BackupOperation } from './rest-api.ts';
import { startRestore } from './restore-backup.ts';

const LifecycleInput = z
  .object({ DeleteAfterDays: z.int().positive().optional(), MoveToColdStorageAfterDays: z.int().positive().optional() })
  .optional()
  .transform((given) => ({
    ...(given?.DeleteAfterDays !== undefined && { deleteAfterDays: given.DeleteAfterDays }),
    ...(given?.MoveToColdStorageAfterDays !== undefined && { coldAfterDays: given.MoveToColdStorageAfterDays }),
  }));

const BackupInput = z.object({
  BackupVaultName: z.string(),
  ResourceArn: z.string(),
  IamRoleArn: z.string(),
  Lifecycle: LifecycleInput,
});

const startBackup: BackupOperation = async (parts, { request, body }) => {
  const input = parsed(BackupInput, body);
  const vault = parts.catalogue.vault(request.region, input.BackupVaultName);
  permitVault(parts, request, 'StartBackupJob', vault);
  permitRole(parts, request, input.IamRoleArn);
  const { ResourceArn: resourceArn, IamRoleArn: roleArn, Lifecycle: lifecycle } = input;
  const job = await makeBackup(parts, { vault, resourceArn, roleArn, lifecycle });
  return { BackupJobId: job.id, RecoveryPointArn: job.recoveryPointArn, CreationDate: job.createdMs / 1000 };
};

const CopyInput = z.object({
  RecoveryPointArn: z.string(),
  SourceBackupVaultName: z.string(),
  DestinationBackupVaultArn: z.string(),
  IamRoleArn: z.string(),
  Lifecycle: LifecycleInput,
});

const startCopy: BackupOperation = (parts, { request, body }) => {
  const input = parsed(CopyInput, body);
  const vault = parts.catalogue.vault(request.region, input.SourceBackupVaultName);
  permitPoint(parts, request, 'StartCopyJob', { arn: input.RecoveryPointArn, vault });
  permitRole(parts, request, input.IamRoleArn);
  const point = existingPoint(parts, input.RecoveryPointArn, request.region);
  const job = copyBackup(parts, point, {
    vaultArn: input.DestinationBackupVaultArn,
    roleArn: input.IamRoleArn,
    ...input.Lifecycle,
  });
  return { CopyJobId: job.id, CreationDate: job.createdMs / 1000 };
};

const RestoreInput = z.object({
  RecoveryPointArn: z.string(),
  Metadata: z.record(z.string(), z.string()),
  IamRoleArn: z.string(),
});

const start: BackupOperation = (parts, { request, body }) => {
  const input = parsed(RestoreInput, body);
  const point = parts.store.point(input.RecoveryPointArn);
  const vault = point === undefined ? undefined : parts.catalogue.vault(point.region, point.vaultName);
  permitPoint(parts, request, 'StartRestoreJob', { arn: input.RecoveryPointArn, vault });
  permitRole(parts, request, input.IamRoleArn);
  const found = existingPoint(parts, input.RecoveryPointArn, request.region);
  const { job } = startRestore(parts, { point: found, roleArn: input.IamRoleArn, metadata: input.Metadata });
  return { RestoreJobId: job.id };
};

const existingPoint = ({ store }: BackupParts, arn: string, region: string) => {
  const point = store.point(arn);
  if (point?.region === region) return point;
  throw notFound(`Cannot find recovery point ${arn} in ${region}.`);
};

const describe =
  (kind: JobKind, action: string, description: (job: Job) => unknown): BackupOperation =>
  (parts, { request, path }) => {
    permitAny(parts, request, action);
    const job = parts.store.job(kind, path[0] ?? '');
    if (job?.region === request.region) return description(job);
    throw notFound(`There is no ${kind} job ${path[0]}.`);
  };

const list =
  (kind: JobKind, [action, name]: readonly [string, string], description: (job: Job) => unknown): BackupOperation =>
  (parts, { request, query }) => {
    permitAny(parts, request, action);
    const state = query.get('state') ?? query.get('status');
    const resource = query.get('resourceArn');
    const jobs = parts.store
      .jobs(kind)
      .filter((job) => job.region === request.region)
      .filter((job) => state === null || job.state === state)
      .filter((job) => resource === null || job.resourceArn === resource);
    return { [name]: jobs.map(description) };
  };

const ValidationInput = z.object({
  ValidationStatus: z.enum(['SUCCESSFUL', 'FAILED']),
  ValidationStatusMessage: z.string().optional(),
});

const putValidation: BackupOperation = (parts, { request, path, body }) => {
  permitAny(parts, request, 'PutRestoreValidationResult');
  const { ValidationStatus: status, ValidationStatusMessage: message } = parsed(ValidationInput, body);
  const job = parts.store.job('restore', path[0] ?? '');
  if (job === undefined) throw notFound(`There is no restore job ${path[0]}.`);
  if (job.testingPlanArn === undefined) throw invalidRequest(`The restore job ${job.id} is no test.`);
  keepJob(parts, { ...job, validationStatus: status, ...(message !== undefined && { validationMessage: message }) });
  return undefined;
};

const parsed = <T>(schema: z.ZodType<T>, body: unknown): T => {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw invalidParameter(`${issue?.path.join('.')}: ${issue?.message}.`);
};

/** Backups, copies and restores. */
export const jobOperations: Readonly<Record<string, readonly [string, BackupOperation]>> = {
  'PUT /backup-jobs': ['StartBackupJob', startBackup],
  'GET /backup-jobs': ['ListBackupJobs', list('backup', ['ListBackupJobs', 'BackupJobs'], describeBackupJob)],
  'GET /backup-jobs/*': ['DescribeBackupJob', describe('backup', 'DescribeBackupJob', describeBackupJob)],
  'PUT /copy-jobs': ['StartCopyJob', startCopy],
  'GET /copy-jobs': ['ListCopyJobs', list('copy', ['ListCopyJobs', 'CopyJobs'], describeCopyJob)],
  'GET /copy-jobs/*': [
    'DescribeCopyJob',
    describe('copy', 'DescribeCopyJob', (job) => ({ CopyJob: describeCopyJob(job) })),
  ],
  'PUT /restore-jobs': ['StartRestoreJob', start],
  'GET /restore-jobs': ['ListRestoreJobs', list('restore', ['ListRestoreJobs', 'RestoreJobs'], describeRestoreJob)],
  'GET /restore-jobs/*': ['DescribeRestoreJob', describe('restore', 'DescribeRestoreJob', describeRestoreJob)],
  'PUT /restore-jobs/*/validations': ['PutRestoreValidationResult', putValidation],
};
