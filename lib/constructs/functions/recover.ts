import { Aws } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DataClass } from '../../../core/data-class.ts';
import { markerClass, markerPrefix } from '../../../core/recovery/drill-markers.ts';
import { erasuresPrefix } from '../../../core/recovery/erasures.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Backup } from '../backup.ts';
import { bucketArn, bucketName } from '../bucket-name.ts';
import { DurableFunction } from '../durable-function.ts';
import type { KeepFunction } from '../keep-function.ts';
import { viaServices } from '../key-policy.ts';
import { PermissionsBoundary } from '../permissions-boundary.ts';
import { replicaKeyAlias } from '../replica-names.ts';
import type { FunctionContext } from './function-context.ts';
import type { UndeleteFunction } from './undelete.ts';

export interface RecoverFunctionProps extends FunctionContext {
  readonly dataClasses: readonly DataClass[];
  readonly backup: Backup;
  readonly undelete: UndeleteFunction;
}

/**
 * Brings objects and catalog back to an instant, and proves each month that it could. It makes and removes tables of its own
 * name beside the catalog, which no other function may, and removes no version of the vault but the markers of its drills.
 */
export class RecoverFunction extends Construct {
  readonly durable: DurableFunction;
  readonly function: KeepFunction;

  constructor(scope: Construct, id: string, props: RecoverFunctionProps) {
    super(scope, id);
    const { deployment, keys, backup, undelete } = props;
    const boundary = new PermissionsBoundary(this, 'Boundary', {
      admits: ['dynamodb:DeleteTable', 'iam:PassRole', 'kms:CreateGrant'],
    });
    this.durable = new DurableFunction(this, 'Default', {
      ...props,
      boundary: boundary.policy,
      name: 'recover',
      description: 'Recovers objects and catalog to an instant, and drills it',
      memoryMiB: 1024,
      environment: {
        AUDIT_BUCKET: bucketName(deployment, 'audit'),
        SCRATCH_BUCKET: bucketName(deployment, 'scratch'),
        SECOND_REGION: deployment.secondRegion,
        REPLICA_BUCKET: bucketName(deployment, 'vault', deployment.secondRegion),
        DATA_KEY_ARN: keys.data.keyArn,
        TOKENS_KEY_ARN: keys.tokens.keyArn,
        BACKUP_VAULT: backup.vault.name,
        RESTORE_ROLE_ARN: backup.roles.restore.roleArn,
        UNDELETE_FUNCTION: undelete.function.resource.functionName,
      },
    });
    this.function = this.durable.function;
    this.allowVault(props);
    this.allowReplica(props);
    this.allowIsolation(props);
    this.allowTables(props);
    this.allowBackups(props);
    this.allowReports(props);
    this.function.allow(['lambda:InvokeFunction'], [undelete.function.resource.functionArn]);
  }

  private allowVault({ deployment, keys, dataClasses }: RecoverFunctionProps): void {
    const vault = bucketArn(deployment, 'vault');
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [vault]);
    this.function.allow(
      [
        's3:AbortMultipartUpload',
        // Without a version it only puts a marker, over what has come back and was deleted before.
        's3:DeleteObject',
        's3:GetObject',
        's3:GetObjectLegalHold',
        's3:GetObjectRetention',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionTagging',
        's3:PutObject',
        's3:PutObjectTagging',
        's3:RestoreObject',
      ],
      [bucketArn(deployment, 'vault', '*')],
    );
    this.function.allow(['s3:DeleteObjectVersion'], [bucketArn(deployment, 'vault', `${markersOf(dataClasses)}*`)]);
    this.function.allowObjectKey(keys.data, vault, bucketArn(deployment, 'scratch'));
  }

  /** The key of the copy is named by its alias, because its id belongs to another stack. */
  private allowReplica({ deployment, dataClasses }: RecoverFunctionProps): void {
    const { secondRegion } = deployment;
    const replica = (keys?: string) => bucketArn(deployment, 'vault', keys, secondRegion);
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [replica()]);
    this.function.allow(
      ['s3:GetObjectTagging', 's3:GetObjectVersion', 's3:GetObjectVersionTagging', 's3:RestoreObject'],
      [replica('*')],
    );
    this.function.allow(['s3:DeleteObjectVersion'], [replica(`${markersOf(dataClasses)}*`)]);
    this.function.allow(['kms:Decrypt'], [`arn:aws:kms:${secondRegion}:${Aws.ACCOUNT_ID}:key/*`], {
      'ForAnyValue:StringEquals': { 'kms:ResourceAliases': [replicaKeyAlias(deployment, 'vault')] },
      StringEquals: { 'kms:ViaService': `s3.${secondRegion}.amazonaws.com` },
    });
  }

  /** What a backup brought back lies in scratch until it is compared and copied. */
  private allowIsolation({ deployment }: RecoverFunctionProps): void {
    this.function.allow(['s3:ListBucket', 's3:ListBucketVersions'], [bucketArn(deployment, 'scratch')]);
    this.function.allow(
      [
        's3:DeleteObjectVersion',
        's3:GetObject',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
        's3:GetObjectVersionTagging',
      ],
      [bucketArn(deployment, 'scratch', '*')],
    );
  }

  private allowTables({ deployment, keys, catalogTable }: RecoverFunctionProps): void {
    const names = `${deployment.name}-recover-*`;
    const beside = `arn:aws:dynamodb:${Aws.REGION}:${Aws.ACCOUNT_ID}:table/${names}`;
    const { tableArn } = catalogTable;
    const rows = ['dynamodb:BatchGetItem', 'dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'];
    this.function.allow(rows, [tableArn, beside]);
    this.function.allow(
      [
        'dynamodb:DescribeContinuousBackups',
        'dynamodb:DescribeTable',
        'dynamodb:DescribeTimeToLive',
        'dynamodb:RestoreTableToPointInTime',
      ],
      [tableArn, beside],
    );
    // DynamoDB fills the new table in the caller's name.
    this.function.allow(
      ['dynamodb:BatchWriteItem', 'dynamodb:DeleteTable', 'dynamodb:Query', 'dynamodb:Scan', 'dynamodb:UpdateItem'],
      [beside],
    );
    this.function.allow(['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'], [keys.data.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('dynamodb') },
      StringLike: { 'kms:EncryptionContext:aws:dynamodb:tableName': names },
    });
    this.function.allow(['kms:CreateGrant'], [keys.data.keyArn], {
      Bool: { 'kms:GrantIsForAWSResource': 'true' },
      StringEquals: { 'kms:ViaService': viaServices('dynamodb') },
    });
    this.function.allow(['kms:DescribeKey'], [keys.data.keyArn], {
      StringEquals: { 'kms:ViaService': viaServices('dynamodb') },
    });
    acknowledge(this, {
      ids: [`AwsSolutions-IAM5[Resource::arn:aws:dynamodb:<AWS::Region>:<AWS::AccountId>:table/${names}]`],
      reason: 'A restored table is named after its job; the prefix belongs to this function alone',
    });
  }

  private allowBackups({ backup }: RecoverFunctionProps): void {
    const points = `arn:aws:backup:${Aws.REGION}:${Aws.ACCOUNT_ID}:recovery-point:*`;
    this.function.allow(['backup:ListRecoveryPointsByBackupVault'], [backup.vault.arn]);
    this.function.allow(['backup:DescribeRecoveryPoint', 'backup:StartRestoreJob'], [points]);
    // A restore job is no resource that a policy could name.
    this.function.allow(['backup:DescribeRestoreJob'], ['*']);
    this.function.allow(['iam:PassRole'], [backup.roles.restore.roleArn], {
      StringEquals: { 'iam:PassedToService': 'backup.amazonaws.com' },
    });
    acknowledge(this, {
      ids: [
        'AwsSolutions-IAM5[Resource::arn:aws:backup:<AWS::Region>:<AWS::AccountId>:recovery-point:*]',
        'AwsSolutions-IAM5[Resource::*]',
      ],
      reason:
        'Recovery points and restore jobs get their names when they are made; the policy of the vault denies the rest',
    });
  }

  private allowReports({ deployment, keys }: RecoverFunctionProps): void {
    const audit = (pattern: string) => bucketArn(deployment, 'audit', pattern);
    this.function.allow(['s3:PutObject'], [audit('reports/drill/*'), audit('reports/recover/*')]);
    this.function.allow(['s3:GetObject'], [audit(`${erasuresPrefix}*`)]);
    this.function.allow(['s3:ListBucket'], [bucketArn(deployment, 'audit')], {
      StringLike: { 's3:prefix': [`${erasuresPrefix}*`] },
    });
    this.function.allowObjectKey(keys.audit, bucketArn(deployment, 'audit'));
    this.function.allow(['kms:GenerateMac'], [keys.tokens.keyArn], {
      StringEquals: { 'kms:MacAlgorithm': 'HMAC_SHA_256' },
    });
  }
}

/** Where drills put their markers; a deployment whose classes keep no text has none and no drill. */
const markersOf = (dataClasses: readonly DataClass[]): string => {
  const dataClass = markerClass(dataClasses);
  return dataClass === undefined ? 'drill/' : markerPrefix(dataClass);
};
