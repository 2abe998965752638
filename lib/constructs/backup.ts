import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { BackupPlans, longestBackupDays } from './backup-plans.ts';
import { BackupRoles } from './backup-roles.ts';
import { BackupVault } from './backup-vault.ts';
import type { CatalogTable } from './catalog-table.ts';
import type { ProtectedBucket } from './protected-bucket.ts';
import { RestoreTesting } from './restore-testing.ts';
import type { SubjectKeysTable } from './subject-keys-table.ts';

export interface BackupProps {
  readonly deployment: Deployment;
  readonly vault: ProtectedBucket;
  readonly audit: ProtectedBucket;
  readonly catalog: CatalogTable;
  /** Left out, and out of reach. */
  readonly subjectKeys: SubjectKeysTable;
}

/** Backups of what must not be lost, and the proof that they can be restored. */
export class Backup extends Construct {
  readonly roles: BackupRoles;
  readonly vault: BackupVault;

  constructor(scope: Construct, id: string, { deployment, vault, audit, catalog, subjectKeys }: BackupProps) {
    super(scope, id);
    this.vault = new BackupVault(this, 'Vault', { deployment, maxRetentionDays: longestBackupDays(deployment) });
    this.roles = new BackupRoles(this, 'Roles', { audit, vault, subjectKeys });
    const common = { deployment, vault: this.vault, roles: this.roles };
    const catalogTable = catalog.table.tableArn;
    new BackupPlans(this, 'Plans', {
      ...common,
      resources: { vault: vault.bucketArn, audit: audit.bucketArn, catalog: catalogTable },
      after: [vault.resource, audit.resource],
    });
    new RestoreTesting(this, 'Testing', { ...common, catalogTable, vaultBucket: vault.bucketArn });
  }
}
