import type { Job, JobKind } from './model.ts';
import type { BackupParts } from './parts.ts';

const kinds: Readonly<Record<JobKind, string>> = { backup: 'Backup', copy: 'Copy', restore: 'Restore' };
const states: Readonly<Record<Job['state'], string>> = {
  RUNNING: 'Running',
  COMPLETED: 'Completed',
  FAILED: 'Failed',
  ABORTED: 'Aborted',
};

/**
 * Counts a job under the state that it came to: of each type of resource, and of backups and copies in each vault. A copy counts
 * in the vault that it comes from.
 */
export const measureJob = ({ putMetric, clock }: BackupParts, job: Job): void => {
  const { kind, state, resourceType, vaultArn, sourceVaultArn } = job;
  const vault = (kind === 'copy' ? sourceVaultArn : vaultArn)?.split(':').at(-1);
  const perType = { ResourceType: resourceType };
  const sets =
    vault === undefined || kind === 'restore' ? [perType] : [perType, { ...perType, BackupVaultName: vault }];
  for (const dimensions of sets) {
    putMetric?.({
      namespace: 'AWS/Backup',
      name: `NumberOf${kinds[kind]}Jobs${states[state]}`,
      dimensions,
      value: 1,
      unit: 'Count',
      timestamp: job.completedMs ?? clock.now(),
    });
  }
};
