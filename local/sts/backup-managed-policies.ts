import type { PolicyDocument, PolicyStatement } from '../aws/caller.ts';

const allow = (Action: readonly string[], Resource: string | readonly string[]): PolicyStatement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const document = (...Statement: PolicyStatement[]): PolicyDocument => ({ Version: '2012-10-17', Statement });

const keysThrough = (service: string): PolicyStatement => ({
  ...allow(['kms:Decrypt', 'kms:DescribeKey', 'kms:GenerateDataKey'], '*'),
  Condition: { StringLike: { 'kms:ViaService': `${service}.*.amazonaws.com` } },
});

/** The parts of AWS Backup's own policies that concern tables, buckets and recovery points. */
export const backupManagedPolicies: Readonly<Record<string, PolicyDocument>> = {
  'service-role/AWSBackupServiceRolePolicyForBackup': document(
    allow(['dynamodb:DescribeTable', 'dynamodb:CreateBackup'], 'arn:aws:dynamodb:*:*:table/*'),
    allow(['dynamodb:DescribeBackup', 'dynamodb:DeleteBackup'], 'arn:aws:dynamodb:*:*:table/*/backup/*'),
    allow(['dynamodb:StartAwsBackupJob', 'dynamodb:ListTagsOfResource'], 'arn:aws:dynamodb:*:*:table/*'),
    allow(['backup:DescribeBackupVault', 'backup:CopyIntoBackupVault'], 'arn:aws:backup:*:*:backup-vault:*'),
    allow(['backup:CopyFromBackupVault'], '*'),
    allow(['kms:DescribeKey'], '*'),
    keysThrough('dynamodb'),
  ),
  'service-role/AWSBackupServiceRolePolicyForRestores': document(
    allow(
      [
        'dynamodb:Scan',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
        'dynamodb:PutItem',
        'dynamodb:GetItem',
        'dynamodb:DeleteItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:DescribeTable',
        'dynamodb:RestoreTableFromAwsBackup',
      ],
      'arn:aws:dynamodb:*:*:table/*',
    ),
    allow(['dynamodb:RestoreTableFromBackup'], 'arn:aws:dynamodb:*:*:table/*/backup/*'),
    allow(['kms:DescribeKey'], '*'),
    keysThrough('dynamodb'),
  ),
  AWSBackupServiceRolePolicyForS3Backup: document(
    allow(['cloudwatch:GetMetricData'], '*'),
    allow(
      ['events:DeleteRule', 'events:PutTargets', 'events:DescribeRule', 'events:EnableRule', 'events:PutRule'],
      'arn:aws:events:*:*:rule/AwsBackupManagedRule*',
    ),
    keysThrough('s3'),
    allow(
      [
        's3:GetBucketTagging',
        's3:GetInventoryConfiguration',
        's3:ListBucketVersions',
        's3:ListBucket',
        's3:GetBucketVersioning',
        's3:GetBucketLocation',
        's3:GetBucketAcl',
        's3:PutInventoryConfiguration',
        's3:GetBucketNotification',
        's3:PutBucketNotification',
      ],
      'arn:aws:s3:::*',
    ),
    allow(
      [
        's3:GetObjectAcl',
        's3:GetObject',
        's3:GetObjectVersionTagging',
        's3:GetObjectVersionAcl',
        's3:GetObjectTagging',
        's3:GetObjectVersion',
      ],
      'arn:aws:s3:::*/*',
    ),
    allow(['s3:ListAllMyBuckets'], '*'),
  ),
  AWSBackupServiceRolePolicyForS3Restore: document(
    allow(
      [
        's3:CreateBucket',
        's3:ListBucketVersions',
        's3:ListBucket',
        's3:GetBucketVersioning',
        's3:GetBucketLocation',
        's3:PutBucketVersioning',
        's3:PutBucketOwnershipControls',
        's3:GetBucketOwnershipControls',
      ],
      'arn:aws:s3:::*',
    ),
    allow(
      [
        's3:GetObject',
        's3:GetObjectVersion',
        's3:DeleteObject',
        's3:PutObjectVersionAcl',
        's3:GetObjectVersionAcl',
        's3:GetObjectTagging',
        's3:PutObjectTagging',
        's3:GetObjectAcl',
        's3:PutObjectAcl',
        's3:ListMultipartUploadParts',
        's3:PutObject',
      ],
      'arn:aws:s3:::*/*',
    ),
    keysThrough('s3'),
  ),
};
