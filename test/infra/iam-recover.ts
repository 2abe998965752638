import { classes } from '../../config/mediakeep.config.ts';
import { abroadPk, jobKey } from '../../core/catalog/keys.ts';
import { closedKey } from '../../core/recovery/closed.ts';
import { markerClass, markerPrefix } from '../../core/recovery/drill-markers.ts';
import type { Battery } from './iam-ask.ts';
import {
  durable,
  inPartition,
  intakeQueue,
  newObject,
  put,
  throughBucket,
  throughCopies,
  throughTable,
  via,
} from './iam-ask.ts';
import { accountId, arns, arnsAbroad, backupVault, region } from './policy-world.ts';

const raw = arns.vault('raw/audio/t1/x');
const copy = arnsAbroad.vault('raw/audio/t1/x');
const isolated = arns.scratch('raw/audio/t1/x');
const beside = arns.table('mediakeep-recover-x');
const tested = arns.table('awsbackup-restore-test-x');
const testedBucket = 'arn:aws:s3:::awsbackup-restore-test-x';
const point = `arn:aws:backup:${region}:${accountId}:recovery-point:x`;
const markerOf = markerClass(classes);
const marker = `${markerOf === undefined ? 'drill/' : markerPrefix(markerOf)}x`;
const toBackup = { 'iam:PassedToService': 'backup.amazonaws.com' };
const mac = { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'kms:CallerAccount': accountId };
const inTested = via('s3', { 'kms:EncryptionContext:aws:s3:arn': testedBucket });

/** Who brings back what was lost, and proves that it could be. */
export const recover: Battery = {
  Recover: {
    can: [
      ...durable('Recover'),
      ['s3:ListBucketVersions', arns.bucket('Vault'), 'list the versions of a key'],
      ['s3:ListBucket', arns.bucket('Vault'), 'tell what is gone from what is hidden'],
      ['s3:GetObjectVersion', raw, 'copy a version forward'],
      ['s3:GetObjectVersionTagging', raw, 'copy its tags'],
      ['s3:GetObjectTagging', raw, 'see in a HEAD that there are tags'],
      ['s3:GetObject', arns.vault('facts/t1/x'), 'read changed attributes'],
      ['s3:GetObjectLegalHold', raw, 'see a hold'],
      ['s3:GetObjectRetention', raw, 'see a lock'],
      ['s3:PutObject', raw, 'bring content back'],
      ['s3:PutObjectTagging', raw, 'bring its tags back'],
      ['s3:AbortMultipartUpload', raw, 'give up a copy in parts'],
      ['s3:DeleteObject', raw, 'hide what was deleted before'],
      ['s3:RestoreObject', raw, 'have archived content back'],
      ['s3:DeleteObjectVersion', arns.vault(marker), 'lose the marker of a drill'],
      ['s3:ListBucketVersions', arnsAbroad.bucket('Vault'), 'list the copies of a key'],
      ['s3:GetObjectVersion', copy, 'bring a copy back'],
      ['s3:GetObjectVersionTagging', copy, 'bring the tags of a copy back'],
      ['s3:GetObjectTagging', copy, 'see in a HEAD of a copy that there are tags'],
      ['s3:RestoreObject', copy, 'have an archived copy back'],
      ['s3:DeleteObjectVersion', arnsAbroad.vault(marker), 'lose the copy of a marker'],
      ['kms:Decrypt', arnsAbroad.key('Vault'), 'open a copy', throughCopies()],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
      ['kms:Decrypt', arns.key('Data'), 'open what a backup brought', throughBucket('Scratch')],
      ['kms:GenerateDataKey', arns.key('Data'), 'close what comes back', throughBucket('Vault')],
      ['s3:ListBucket', arns.bucket('Scratch'), 'learn what a backup has not brought'],
      ['s3:ListBucketVersions', arns.bucket('Scratch'), 'see what to remove of it'],
      ['s3:GetObject', isolated, 'digest what a backup brought'],
      ['s3:GetObjectVersion', isolated, 'copy what a backup brought'],
      ['s3:GetObjectVersionTagging', isolated, 'copy its tags'],
      ['s3:DeleteObjectVersion', isolated, 'remove what was compared'],
      ['dynamodb:BatchGetItem', arns.catalog(), 'read rows of now'],
      ['dynamodb:PutItem', arns.catalog(), 'write a row back'],
      ['dynamodb:PutItem', arns.catalog(), 'close the API', inPartition(closedKey)],
      ['dynamodb:DeleteItem', arns.catalog(), 'open the API', inPartition(closedKey)],
      ['dynamodb:PutItem', arns.catalog(), 'have copies deleted', inPartition({ pk: abroadPk })],
      ['dynamodb:DescribeContinuousBackups', arns.catalog(), 'see how far back it can go'],
      ['dynamodb:DescribeTimeToLive', arns.catalog(), 'see what the live table has'],
      ['dynamodb:RestoreTableToPointInTime', arns.catalog(), 'restore the catalog beside itself'],
      ['dynamodb:RestoreTableToPointInTime', beside, 'make a table beside it'],
      ['dynamodb:BatchWriteItem', beside, 'fill that table'],
      ['dynamodb:DescribeTable', beside, 'see that it is there'],
      ['dynamodb:Scan', beside, 'read that table'],
      ['dynamodb:DeleteTable', beside, 'remove that table'],
      ['kms:Decrypt', arns.key('Data'), 'open that table', throughTable('mediakeep-recover-x')],
      [
        'kms:CreateGrant',
        arns.key('Data'),
        'let DynamoDB keep it',
        via('dynamodb', { 'kms:GrantIsForAWSResource': 'true' }),
      ],
      ['kms:DescribeKey', arns.key('Data'), 'let DynamoDB see its key', via('dynamodb', {})],
      ['backup:ListRecoveryPointsByBackupVault', backupVault, 'find a backup'],
      ['backup:DescribeRecoveryPoint', point, 'look at a backup'],
      ['backup:StartRestoreJob', point, 'have a backup restored'],
      ['backup:DescribeRestoreJob', '*', 'see how far that is'],
      ['iam:PassRole', arns.role('BackupRolesRestore'), 'hand over the role for it', toBackup],
      ['lambda:InvokeFunction', arns.function('Undelete'), 'have a marker removed'],
      ['s3:PutObject', arns.audit('reports/drill/x'), 'leave the report of a drill'],
      ['s3:PutObject', arns.audit('reports/recover/x'), 'leave its report'],
      ['s3:GetObject', arns.audit('erasures/x'), 'read who was erased'],
      ['s3:ListBucket', arns.bucket('Audit'), 'list who was erased', { 's3:prefix': 'erasures/' }],
      ['kms:Decrypt', arns.key('Audit'), 'open the journal of erasures', throughBucket('Audit')],
      ['kms:GenerateMac', arns.key('Tokens'), 'sign a report', mac],
    ],
    cannot: [
      ['s3:DeleteObjectVersion', raw, 'delete a version of the vault'],
      ['s3:DeleteObjectVersion', copy, 'delete a copy'],
      ['s3:PutObject', copy, 'write copies', newObject],
      ['s3:PutObject', isolated, 'forge what a backup brought', newObject],
      ['s3:GetObject', arns.landing(`${put}t1/x`), 'read the quarantine'],
      ['s3:PutObject', arns.audit('erasures/x'), 'write the journal of erasures'],
      ['s3:PutObject', arns.audit('reports/scrub/x'), 'write the report of another'],
      ['s3:ListBucket', arns.bucket('Audit'), 'list the audit', { 's3:prefix': 'segments/' }],
      ['dynamodb:Scan', arns.catalog(), 'scan the live table'],
      ['dynamodb:UpdateItem', arns.catalog(), 'change live rows past its puts'],
      ['dynamodb:UpdateTable', arns.catalog(), 'change the live table'],
      ['dynamodb:DeleteTable', arns.table('mediakeep-rebuild-x'), 'remove the table of a rebuild'],
      ['dynamodb:RestoreTableToPointInTime', arns.table('other'), 'restore to another name'],
      ['dynamodb:RestoreTableToPointInTime', arns.subjectKeys(), 'bring erased keys back'],
      ['kms:CreateGrant', arns.key('Data'), 'grant the key to whom it likes', { 'kms:CallerAccount': accountId }],
      [
        'kms:GenerateMac',
        arns.key('Tokens'),
        'sign with another algorithm',
        { ...mac, 'kms:MacAlgorithm': 'HMAC_SHA_512' },
      ],
      [
        'iam:PassRole',
        arns.role('BackupRolesRestore'),
        'hand the role to a function',
        { 'iam:PassedToService': 'lambda.amazonaws.com' },
      ],
      ['iam:PassRole', arns.role('BackupRolesBackup'), 'hand over the role of backups', toBackup],
      ['backup:StartBackupJob', backupVault, 'make a backup'],
      ['sqs:SendMessage', arns.queue(intakeQueue), 'forge a notification'],
      ['lambda:InvokeFunction', arns.live('Sweep'), 'start a sweep'],
    ],
  },
  ValidateRestore: {
    can: [
      ['dynamodb:DescribeTable', tested, 'see that the table is there'],
      ['dynamodb:Scan', tested, 'read its rows'],
      ['s3:ListBucket', testedBucket, 'list what was restored'],
      ['s3:GetObject', `${testedBucket}/raw/audio/t1/x`, 'read what was restored'],
      ['kms:Decrypt', arns.key('Data'), 'open the restored table', throughTable('awsbackup-restore-test-x')],
      ['kms:Decrypt', arns.key('Data'), 'open the restored bucket', inTested],
      ['backup:PutRestoreValidationResult', '*', 'tell what it thinks of it'],
      ['logs:PutLogEvents', arns.logGroup('ValidateRestore'), 'write its log'],
    ],
    cannot: [
      ['dynamodb:Scan', arns.catalog(), 'scan the catalog'],
      ['dynamodb:PutItem', tested, 'write into the restored table'],
      ['dynamodb:DeleteTable', tested, 'remove the restored table'],
      ['s3:GetObject', raw, 'read content'],
      ['s3:PutObject', `${testedBucket}/x`, 'write into the restored bucket'],
      ['s3:DeleteBucket', testedBucket, 'remove the restored bucket'],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
      ['kms:Decrypt', arns.key('Data'), 'open the catalog', throughTable(arns.catalog().split('/')[1] ?? '')],
      ['backup:StartRestoreJob', point, 'have a backup restored'],
    ],
  },
  Backup: {
    can: [
      ['dynamodb:StartAwsBackupJob', arns.catalog(), 'back the catalog up'],
      ['s3:GetObjectVersion', raw, 'back the vault up'],
      ['s3:GetObjectVersion', arns.audit('x'), 'back the audit up'],
      ['s3:PutBucketNotification', arns.bucket('Vault'), 'hear of changes'],
      ['s3:PutInventoryConfiguration', arns.bucket('Vault'), 'list the vault'],
      ['events:PutRule', `arn:aws:events:${region}:${accountId}:rule/AwsBackupManagedRulex`, 'follow changes'],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
      ['backup:CopyIntoBackupVault', backupVault, 'copy to the second region'],
    ],
    cannot: [
      ['s3:PutObject', raw, 'write content', newObject],
      ['s3:DeleteObject', raw, 'hide content'],
      ['s3:DeleteObjectVersion', raw, 'delete content'],
      ['dynamodb:PutItem', arns.catalog(), 'write rows'],
      ['dynamodb:StartAwsBackupJob', arns.subjectKeys(), 'back erased keys up'],
      ['dynamodb:CreateBackup', arns.subjectKeys(), 'keep erased keys'],
      ['kms:GenerateMac', arns.key('Tokens'), 'forge tokens', mac],
      ['lambda:InvokeFunction', arns.function('Undelete'), 'call functions'],
    ],
  },
  BackupRestore: {
    can: [
      ['dynamodb:RestoreTableFromAwsBackup', beside, 'restore the catalog beside itself'],
      ['dynamodb:BatchWriteItem', beside, 'fill that table'],
      ['dynamodb:RestoreTableFromAwsBackup', tested, 'restore for a test'],
      ['s3:CreateBucket', testedBucket, 'make the bucket of a test'],
      ['s3:PutBucketVersioning', testedBucket, 'have versions in it'],
      ['s3:PutObject', isolated, 'bring objects into isolation'],
      ['s3:PutObjectTagging', isolated, 'bring their tags'],
      ['kms:GenerateDataKey', arns.key('Data'), 'close what it brings', throughBucket('Scratch')],
      ['kms:Decrypt', arns.key('Data'), 'open the table', throughTable('mediakeep-recover-x')],
    ],
    cannot: [
      ['s3:PutObjectTagging', arns.audit('x'), 'tag the audit'],
      ['s3:PutObjectAcl', arns.audit('x'), 'open the audit’s objects'],
      ['dynamodb:RestoreTableFromAwsBackup', arns.subjectKeys(), 'bring erased keys back'],
      ['s3:DeleteObjectVersion', raw, 'delete content'],
      ['iam:PassRole', arns.role('BackupRolesRestore'), 'hand itself over', toBackup],
      ['dynamodb:GetItem', arns.subjectKeys(), 'read keys', inPartition(jobKey('acme', 'j'))],
    ],
  },
};
