import { Aws } from 'aws-cdk-lib';
import { CfnBackupPlan, CfnBackupSelection } from 'aws-cdk-lib/aws-backup';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { days } from '../../core/time.ts';
import type { BackupRoles } from './backup-roles.ts';
import { type BackupVault, backupVaultName } from './backup-vault.ts';

/** What backups take; never the subjects' keys, whose backup would bring erased people back, nor what is temporary. */
export type BackedUpPart = 'vault' | 'audit' | 'catalog';

export interface BackupPlansProps {
  readonly deployment: Deployment;
  readonly vault: BackupVault;
  readonly roles: BackupRoles;
  /** ARN of each. */
  readonly resources: Readonly<Record<BackedUpPart, string>>;
  /** What has to exist before it can be selected. */
  readonly after: readonly CfnBucket[];
}

/** A continuous backup reaches back 35 days at most. */
const longestContinuousDays = 35;

/** How long plan A keeps anything: copies of people end within the deadline of an erasure. */
export const backupDays = ({ erasureDeadline }: Deployment): number =>
  Math.min(longestContinuousDays, erasureDeadline / days(1));

/** The longest that a vault has to admit. */
export const longestBackupDays = (deployment: Deployment): number =>
  Math.max(backupDays(deployment), (deployment.longBackups?.keepFor ?? 0) / days(1));

type PlanRule = CfnBackupPlan.BackupRuleResourceTypeProperty;

/** Plan A for everything, ending in time; plan B by `longBackups`, for years, of its own selection. */
export class BackupPlans extends Construct {
  constructor(scope: Construct, id: string, props: BackupPlansProps) {
    super(scope, id);
    const { deployment, resources } = props;
    this.addPlan('A', props, rulesOfPlanA(deployment), Object.values(resources));
    if (deployment.longBackups !== undefined) {
      const { parts } = deployment.longBackups;
      this.addPlan(
        'B',
        props,
        [longRule(deployment, deployment.longBackups)],
        parts.map((part) => resources[part]),
      );
    }
  }

  private addPlan(
    letter: 'A' | 'B',
    { deployment, vault, roles, after }: BackupPlansProps,
    backupPlanRule: PlanRule[],
    resources: string[],
  ): void {
    const plan = new CfnBackupPlan(this, letter, {
      backupPlan: { backupPlanName: `${deployment.name}-${letter.toLowerCase()}`, backupPlanRule },
    });
    plan.node.addDependency(vault.resource);
    const selection = new CfnBackupSelection(this, `${letter}Selection`, {
      backupPlanId: plan.attrBackupPlanId,
      backupSelection: { selectionName: 'all', iamRoleArn: roles.backup.roleArn, resources },
    });
    // The role's policies count from its first use.
    selection.node.addDependency(roles, ...after);
  }
}

/** Hours are UTC; the jobs of one day stand apart, so that a copy never waits for another. */
const rulesOfPlanA = (deployment: Deployment): PlanRule[] => {
  const end = backupDays(deployment);
  const periodic = (ruleName: string, scheduleExpression: string, deleteAfterDays: number): PlanRule => ({
    ...timesOf(deployment, { ruleName, scheduleExpression }),
    lifecycle: { deleteAfterDays },
    copyActions: [{ destinationBackupVaultArn: secondVaultArn(deployment), lifecycle: { deleteAfterDays } }],
  });
  return [
    {
      ...timesOf(deployment, { ruleName: 'continuous', scheduleExpression: 'cron(0 19 ? * * *)' }),
      enableContinuousBackup: true,
      lifecycle: { deleteAfterDays: end },
    },
    periodic('daily', 'cron(0 20 ? * * *)', Math.min(8, end)),
    periodic('weekly', 'cron(0 21 ? * SUN *)', end),
    // Kept until the next one is there, where the deadline allows it.
    periodic('monthly', 'cron(0 22 1 * ? *)', end),
  ];
};

const longRule = (
  deployment: Deployment,
  { keepFor, coldAfter }: NonNullable<Deployment['longBackups']>,
): PlanRule => ({
  ...timesOf(deployment, { ruleName: 'long', scheduleExpression: 'cron(0 23 1 * ? *)' }),
  lifecycle: {
    deleteAfterDays: keepFor / days(1),
    ...(coldAfter !== undefined && { moveToColdStorageAfterDays: coldAfter / days(1) }),
  },
});

const timesOf = (deployment: Deployment, rule: { ruleName: string; scheduleExpression: string }) => ({
  ...rule,
  scheduleExpressionTimezone: 'Etc/UTC',
  startWindowMinutes: 60,
  completionWindowMinutes: 60 * 24,
  targetBackupVault: backupVaultName(deployment),
});

const secondVaultArn = (deployment: Deployment): string =>
  `arn:aws:backup:${deployment.secondRegion}:${Aws.ACCOUNT_ID}:backup-vault:${backupVaultName(deployment)}`;
