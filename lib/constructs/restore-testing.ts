import { CfnRestoreTestingPlan, CfnRestoreTestingSelection } from 'aws-cdk-lib/aws-backup';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { BackupRoles } from './backup-roles.ts';
import type { BackupVault } from './backup-vault.ts';

export interface RestoreTestingProps {
  readonly deployment: Deployment;
  readonly vault: BackupVault;
  readonly roles: BackupRoles;
  /** ARN of the catalog's table. */
  readonly catalogTable: string;
  /** ARN of the vault bucket. */
  readonly vaultBucket: string;
}

/** How long what was restored stays for the validator to look at. */
const validationHours = 4;

/**
 * AWS Backup itself restores the latest recovery points each week, of the table and of the vault, into resources of its own
 * that it removes; a function looks at them and says whether they hold what they should.
 */
export class RestoreTesting extends Construct {
  constructor(scope: Construct, id: string, props: RestoreTestingProps) {
    super(scope, id);
    const { deployment, vault } = props;
    const prefix = deployment.name.replaceAll('-', '_');
    const plan = new CfnRestoreTestingPlan(this, 'Default', {
      restoreTestingPlanName: `${prefix}_weekly`,
      scheduleExpression: 'cron(0 3 ? * MON *)',
      scheduleExpressionTimezone: 'Etc/UTC',
      startWindowHours: 4,
      recoveryPointSelection: {
        algorithm: 'LATEST_WITHIN_WINDOW',
        includeVaults: [vault.resource.attrBackupVaultArn],
        recoveryPointTypes: ['SNAPSHOT'],
        selectionWindowDays: 7,
      },
    });
    const select = (name: string, protectedResourceType: string, arn: string) =>
      new CfnRestoreTestingSelection(this, name, {
        restoreTestingPlanName: plan.ref,
        restoreTestingSelectionName: `${prefix}_${name.toLowerCase()}`,
        iamRoleArn: props.roles.restore.roleArn,
        protectedResourceType,
        protectedResourceArns: [arn],
        validationWindowHours: validationHours,
      });
    select('Table', 'DynamoDB', props.catalogTable);
    select('Bucket', 'S3', props.vaultBucket);
  }
}
