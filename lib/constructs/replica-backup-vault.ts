import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { longestBackupDays } from './backup-plans.ts';
import { BackupVault } from './backup-vault.ts';

/** Where the second region's copies of recovery points arrive, under a key of that region. */
export class ReplicaBackupVault extends Construct {
  readonly vault: BackupVault;

  constructor(scope: Construct, id: string, { deployment }: { readonly deployment: Deployment }) {
    super(scope, id);
    this.vault = new BackupVault(this, 'Default', { deployment, maxRetentionDays: longestBackupDays(deployment) });
  }
}
