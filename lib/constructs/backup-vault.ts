import { Aws, Duration } from 'aws-cdk-lib';
import { CfnBackupVault } from 'aws-cdk-lib/aws-backup';
import { AccountRootPrincipal, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { deny } from './bucket-policy.ts';
import { keyPolicy, useThrough, viaServices } from './key-policy.ts';
import { keepNamedResource, removalPolicy } from './retention.ts';

/** The name of the backup vaults, in both regions. */
export const backupVaultName = ({ name }: Deployment): string => `${name}-backup`;

export interface BackupVaultProps {
  readonly deployment: Deployment;
  /** The longest that a recovery point in it may be kept. */
  readonly maxRetentionDays: number;
}

/**
 * Where recovery points lie, under a key of their own and a lock: nobody removes one before its time. With `backupLock` the
 * lock becomes final after so many days; without it somebody with the right to do so can still take it off.
 */
export class BackupVault extends Construct {
  readonly resource: CfnBackupVault;
  readonly key: Key;
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, { deployment, maxRetentionDays }: BackupVaultProps) {
    super(scope, id);
    this.name = backupVaultName(deployment);
    this.arn = `arn:aws:backup:${Aws.REGION}:${Aws.ACCOUNT_ID}:backup-vault:${this.name}`;
    this.key = new Key(this, 'Key', {
      description: `${deployment.name}: backups`,
      policy: keyPolicy(useThrough('backup'), grantsForBackups()),
      enableKeyRotation: true,
      pendingWindow: Duration.days(30),
      removalPolicy: removalPolicy(deployment.retainData),
    });
    this.resource = new CfnBackupVault(this, 'Default', {
      backupVaultName: this.name,
      encryptionKeyArn: this.key.keyArn,
      lockConfiguration: {
        minRetentionDays: 1,
        maxRetentionDays,
        ...(deployment.backupLock !== undefined && { changeableForDays: deployment.backupLock }),
      },
      accessPolicy: new PolicyDocument({ statements: [denyDeletion()] }),
    });
    keepNamedResource(this.resource, deployment.retainData);
  }
}

/** A recovery point goes when its time is over, by AWS Backup itself, and in no other way. */
const denyDeletion = (): PolicyStatement =>
  deny({
    sid: 'DenyDeletion',
    actions: ['backup:DeleteRecoveryPoint', 'backup:DisassociateRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
    resources: ['*'],
    conditions: {},
  });

const grantsForBackups = (): PolicyStatement =>
  new PolicyStatement({
    sid: 'GrantsForBackups',
    principals: [new AccountRootPrincipal()],
    actions: ['kms:CreateGrant'],
    resources: ['*'],
    conditions: {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
      StringEquals: { 'kms:ViaService': viaServices('backup') },
    },
  });
