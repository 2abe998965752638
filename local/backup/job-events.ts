import { isoTime } from '../../core/time.ts';
import { measureJob } from './job-metrics.ts';
import type { Job, JobKind } from './model.ts';
import type { BackupParts } from './parts.ts';

const detailTypes: Readonly<Record<JobKind, string>> = {
  backup: 'Backup Job State Change',
  copy: 'Copy Job State Change',
  restore: 'Restore Job State Change',
};

/** Writes a job and tells EventBridge of the state that it came to. */
export const keepJob = (parts: BackupParts, job: Job): Job => {
  parts.store.putJob(job);
  // What a restore test says of a job that is over is no further end of it.
  if (job.validationStatus === undefined || job.validationStatus === 'VALIDATING') measureJob(parts, job);
  const { kind, region, state, message, resourceArn, resourceType, vaultArn } = job;
  if (state === 'FAILED') parts.log(`backup: the ${kind} job ${job.id} of ${resourceArn} failed: ${message ?? ''}`);
  parts.putEvent?.({
    region,
    source: 'aws.backup',
    detailType: detailTypes[kind],
    resources: [job.recoveryPointArn ?? resourceArn],
    detail: {
      [`${kind}JobId`]: job.id,
      [kind === 'restore' ? 'status' : 'state']: state,
      resourceArn,
      resourceType,
      iamRoleArn: job.roleArn,
      creationDate: isoTime(job.createdMs),
      ...(message !== undefined && { statusMessage: message }),
      ...(job.completedMs !== undefined && { completionDate: isoTime(job.completedMs) }),
      ...(vaultArn !== undefined && { backupVaultArn: vaultArn, backupVaultName: vaultArn.split(':').at(-1) }),
      ...(job.createdResourceArn !== undefined && { createdResourceArn: job.createdResourceArn }),
      ...(job.testingPlanArn !== undefined && { restoreTestingPlanArn: job.testingPlanArn }),
      ...(job.validationStatus !== undefined && { validationStatus: job.validationStatus }),
      ...(job.validationMessage !== undefined && { validationStatusMessage: job.validationMessage }),
    },
  });
  return job;
};

/** The job at its end: done, or failed with what was wrong. */
export const endJob = (
  parts: BackupParts,
  job: Job,
  end:
    | { readonly error: unknown }
    | Partial<Pick<Job, 'recoveryPointArn' | 'createdResourceArn' | 'bytes' | 'validationStatus' | 'removeAtMs'>>,
): Job => {
  const completedMs = parts.clock.now();
  if (!('error' in end)) return keepJob(parts, { ...job, ...end, state: 'COMPLETED', completedMs });
  const message = end.error instanceof Error ? end.error.message : String(end.error);
  return keepJob(parts, { ...job, state: 'FAILED', message, completedMs });
};
