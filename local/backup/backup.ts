import type { AwsService, ResourceProvider } from '../aws/service.ts';
import { createCatalogue } from './catalogue.ts';
import { abortUnfinished } from './make-backup.ts';
import type { BackupDeps, BackupParts } from './parts.ts';
import { backupProviders } from './providers.ts';
import { backupRestApi } from './rest-api.ts';
import { runPlans } from './run-plans.ts';
import { type BackupStore, openBackupStore } from './store.ts';

/** AWS Backup on one machine: plans, vaults, recovery points that hold a true past, and restores from them. */
export interface Backup extends AwsService {
  readonly providers: ResourceProvider[];
  readonly store: BackupStore;
  /** Does what is due by then; to be called as time goes by, and after each move of the clock. */
  run(nowMs: number): Promise<void>;
}

export const createBackup = (deps: BackupDeps): Backup => {
  const parts: BackupParts = { ...deps, catalogue: createCatalogue(), store: openBackupStore(deps.db) };
  abortUnfinished(parts);
  return {
    ...backupRestApi(parts),
    providers: backupProviders(parts.catalogue),
    store: parts.store,
    run: (nowMs) => runPlans(parts, nowMs),
  };
};
