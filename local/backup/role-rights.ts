import type { PolicyDocument } from '../aws/caller.ts';
import { callerContext } from '../aws/caller-context.ts';
import type { ResourceType } from './model.ts';
import type { BackupParts } from './parts.ts';

interface Acting {
  readonly roleArn: string;
  readonly region: string;
}

interface Right {
  readonly action: string;
  readonly resource: string;
  readonly resourcePolicy?: PolicyDocument;
}

/** Throws unless AWS Backup may take that role and read the resource in it. */
export const requireBackupRights = (
  parts: BackupParts,
  acting: Acting,
  { resourceArn, resourceType }: { readonly resourceArn: string; readonly resourceType: ResourceType },
): void => {
  const rights: Right[] =
    resourceType === 'DynamoDB'
      ? [{ action: 'dynamodb:StartAwsBackupJob', resource: resourceArn }]
      : [
          { action: 's3:GetInventoryConfiguration', resource: resourceArn, ...policyOf(parts, resourceArn) },
          { action: 's3:GetObjectVersion', resource: `${resourceArn}/*`, ...policyOf(parts, resourceArn) },
          {
            action: 'events:PutRule',
            resource: `arn:aws:events:${acting.region}:${parts.accountId}:rule/AwsBackupManagedRuleForS3`,
          },
        ];
  for (const right of rights) requireRight(parts, acting, right);
  if (resourceType === 'S3') requireBucketKey(parts, acting, resourceArn, 'kms:Decrypt');
};

/** Throws unless AWS Backup may write into the bucket or make the table in that role. */
export const requireRestoreRights = (
  parts: BackupParts,
  acting: Acting,
  { targetArn, resourceType }: { readonly targetArn: string; readonly resourceType: ResourceType },
): void => {
  if (resourceType === 'DynamoDB') {
    requireRight(parts, acting, { action: 'dynamodb:RestoreTableFromAwsBackup', resource: targetArn });
    return;
  }
  requireRight(parts, acting, { action: 's3:PutObject', resource: `${targetArn}/*`, ...policyOf(parts, targetArn) });
  requireBucketKey(parts, acting, targetArn, 'kms:GenerateDataKey');
};

/** Throws unless the role may do something in AWS Backup itself. */
export const requireRight = (parts: BackupParts, { roleArn, region }: Acting, right: Right): void => {
  const { roles } = parts.credentials;
  roles.refuseUnlessAssumable(roleArn, 'backup.amazonaws.com');
  const caller = roles.sessionCaller(roleArn, 'AWSBackup');
  parts.authorize({
    caller,
    ...right,
    resourceAccountId: parts.accountId,
    context: callerContext(caller, parts.clock.now()),
    region,
  });
};

const policyOf = ({ s3 }: BackupParts, bucketArn: string): { resourcePolicy?: PolicyDocument } => {
  const policy = s3.core.buckets.find(bucketArn.slice('arn:aws:s3:::'.length))?.configuration.policy;
  return policy === undefined ? {} : { resourcePolicy: policy };
};

const requireBucketKey = (
  parts: BackupParts,
  { roleArn, region }: Acting,
  bucketArn: string,
  action: 'kms:Decrypt' | 'kms:GenerateDataKey',
): void => {
  const encryption = parts.s3.core.buckets.find(bucketArn.slice('arn:aws:s3:::'.length))?.configuration.encryption;
  if (encryption?.keyId === undefined) return;
  parts.useKey({
    caller: parts.credentials.roles.sessionCaller(roleArn, 'AWSBackup'),
    keyId: encryption.keyId,
    action,
    viaService: `s3.${region}.amazonaws.com`,
    encryptionContext: { 'aws:s3:arn': bucketArn },
    region,
  });
};
