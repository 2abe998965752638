import { type Line, newObject, throughBucket, throughCopies, via } from './iam-ask.ts';
import { accountId, arns, arnsAbroad, backupVault } from './policy-world.ts';
import type { RoleName } from './policy-world-roles.ts';

const role = (name: string) => `arn:aws:iam::${accountId}:role/${name}`;

/** What no role may do, wherever: destroy, unlock, open, become another, look into what is not its own. */
const forbidden: readonly Line[] = [
  ['s3:BypassGovernanceRetention', arns.vault('x'), 'lift a lock'],
  ['s3:PutObjectLegalHold', arns.vault('x'), 'lift a hold'],
  ['s3:PutObjectRetention', arns.vault('x'), 'shorten a retention'],
  ['s3:PutBucketPolicy', arns.bucket('Vault'), 'open a bucket'],
  ['s3:PutBucketPolicy', arnsAbroad.bucket('Vault'), 'open the copies'],
  ['s3:PutLifecycleConfiguration', arns.bucket('Vault'), 'change what expires'],
  ['s3:PutReplicationConfiguration', arns.bucket('Vault'), 'end the copying'],
  ['s3:PutBucketObjectLockConfiguration', arns.bucket('Audit'), 'shorten the lock of the audit'],
  ['s3:DeleteBucket', arns.bucket('Vault'), 'delete a bucket'],
  ['s3:PutBucketVersioning', arns.bucket('Vault'), 'suspend versions'],
  ['s3:PutObject', arns.audit('x'), 'write the audit', newObject],
  ['s3:GetObject', arns.audit('x'), 'read the audit'],
  ['s3:DeleteObject', arns.audit('x'), 'hide the audit'],
  ['s3:DeleteObjectVersion', arns.audit('x'), 'delete the audit'],
  ['s3:DeleteObjectVersion', arnsAbroad.audit('x'), 'delete the copy of the audit'],
  ['s3:GetObject', arns.logs('vault/x'), 'read access logs'],
  ['s3:DeleteObjectVersion', arns.logs('vault/x'), 'delete access logs'],
  ['kms:ScheduleKeyDeletion', arns.key('Data'), 'delete a key'],
  ['kms:ScheduleKeyDeletion', arnsAbroad.key('Vault'), 'delete the key of the copies'],
  ['kms:DisableKey', arns.key('Data'), 'disable a key'],
  ['kms:PutKeyPolicy', arns.key('Data'), 'change a key policy'],
  ['kms:CreateGrant', arns.key('Data'), 'grant a key', via('dynamodb', { 'kms:GrantIsForAWSResource': 'true' })],
  ['kms:Decrypt', arns.key('Data'), 'use a key past the services', { 'kms:CallerAccount': accountId }],
  ['kms:Decrypt', arns.key('Data'), 'use a key through another service', via('secretsmanager', {})],
  [
    'kms:Decrypt',
    arns.key('Data'),
    'open a foreign bucket',
    via('s3', { 'kms:EncryptionContext:aws:s3:arn': 'arn:aws:s3:::foreign' }),
  ],
  ['kms:Decrypt', arns.key('Subjects'), 'open the store of the subjects’ keys', via('dynamodb', {})],
  ['kms:Decrypt', arns.key('Audit'), 'open the audit', throughBucket('Audit')],
  ['kms:Decrypt', arnsAbroad.key('Audit'), 'open the copy of the audit', throughCopies('Audit')],
  ['dynamodb:GetItem', arns.subjectKeys(), 'read a subject’s key'],
  ['dynamodb:PutItem', arns.subjectKeys(), 'write a subject’s key'],
  ['dynamodb:DeleteItem', arns.subjectKeys(), 'erase a subject’s key'],
  ['dynamodb:DeleteTable', arns.catalog(), 'delete the catalog'],
  ['dynamodb:UpdateContinuousBackups', arns.catalog(), 'end the recovery of the catalog'],
  ['backup:DeleteRecoveryPoint', backupVault, 'delete a backup'],
  ['backup:PutBackupVaultLockConfiguration', backupVault, 'unlock the backups'],
  ['sqs:PurgeQueue', arns.queue('IntakeQueue4'), 'empty a queue'],
  ['sqs:DeleteQueue', arns.queue('IntakeQueue4'), 'delete a queue'],
  ['sns:Publish', arns.topic(), 'cry wolf'],
  ['iam:PassRole', role('x'), 'pass a role'],
  [
    'iam:PassRole',
    arns.role('Replication'),
    'pass the role of the copying',
    { 'iam:PassedToService': 's3.amazonaws.com' },
  ],
  ['iam:CreateRole', role('x'), 'create a role'],
  ['iam:PutRolePolicy', arns.role('ApiRole'), 'widen a role'],
  ['iam:DeleteRolePermissionsBoundary', arns.role('ApiRole'), 'take a boundary off'],
  ['lambda:UpdateFunctionCode', arns.function('Api'), 'change code'],
  ['lambda:UpdateFunctionConfiguration', arns.function('Api'), 'change settings'],
  ['lambda:AddPermission', arns.function('Undelete'), 'let others call'],
  ['sts:AssumeRole', role('x'), 'become somebody else'],
  ['logs:DeleteLogGroup', arns.logGroup('Api').replace(':log-stream:x', ''), 'remove traces'],
];

/** What a role is there for, of what the others may not; its own battery says where and under which conditions. */
const exceptions: { readonly [Role in RoleName]?: readonly string[] } = {
  Backup: [
    'read the audit',
    'read access logs',
    'open a foreign bucket',
    'open the audit',
    'open the copy of the audit',
  ],
  BackupRestore: [
    'open a foreign bucket',
    'open the audit',
    'open the copy of the audit',
    'read the audit',
    'read access logs',
  ],
  Hold: ['lift a hold'],
  Recover: ['grant a key', 'open the audit'],
  Replication: ['open the audit'],
};

/** What this role may not do, of what no role may do. */
export const forbiddenTo = (name: RoleName): readonly Line[] =>
  forbidden.filter(([, , title]) => !exceptions[name]?.includes(title));
