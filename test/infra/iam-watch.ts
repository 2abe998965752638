import {
  assetKey,
  awaitKey,
  duePk,
  growthPk,
  holdPk,
  indexNames,
  jobKey,
  memberKey,
  operatorTenant,
  projectionKey,
  statsPk,
  tenantsPk,
  usagePk,
} from '../../core/catalog/keys.ts';
import { closedKey, proofKey } from '../../core/recovery/closed.ts';
import type { Battery, Line } from './iam-ask.ts';
import { catalogQueue, inPartition, newObject, throughBucket, throughCatalog, throughQueue } from './iam-ask.ts';
import { arns, arnsAbroad } from './policy-world.ts';
import type { RoleName } from './policy-world-roles.ts';

const raw = arns.vault('raw/audio/t1/x');
const journal = arns.vault('journal/t1/member/x');
const stream = `${arns.catalog()}/stream/x`;

const ofTable: Line = ['kms:Decrypt', arns.key('Data'), 'open the catalog', throughCatalog()];
const logs = (who: RoleName): Line => ['logs:PutLogEvents', arns.logGroup(who), 'write its log'];
const metrics = (namespace: string) => ({ 'cloudwatch:namespace': namespace });

/** None of these changes what is kept. */
const touchesNoContent: readonly Line[] = [
  ['s3:PutObject', raw, 'write content', newObject],
  ['s3:DeleteObject', raw, 'hide content'],
  ['s3:DeleteObjectVersion', raw, 'delete content'],
  ['s3:GetObjectVersion', raw, 'read content'],
  ['s3:GetObject', arns.landing('put/t1/x'), 'read the quarantine'],
  ['dynamodb:PutItem', arns.catalog(), 'write an asset row', inPartition(assetKey('acme', 'a'))],
  ['dynamodb:PutItem', arns.catalog(), 'write a row of no partition'],
  ['dynamodb:DeleteItem', arns.catalog(), 'remove a member', inPartition(memberKey('sub', 'acme'))],
  ['dynamodb:Scan', arns.catalog(), 'scan'],
  ['kms:Decrypt', arns.key('Messages'), 'open the messages of the catalog', throughQueue(catalogQueue)],
];
const readsNoAsset: Line = [
  'dynamodb:GetItem',
  arns.catalog(),
  'read an asset row',
  inPartition(assetKey('acme', 'a')),
];
const readsNoContentKey: Line = ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')];

/** Who follows, counts, watches and starts. */
export const watch: Battery = {
  Project: {
    can: [
      ofTable,
      logs('Project'),
      ['dynamodb:GetRecords', stream, 'follow the stream'],
      ['dynamodb:GetShardIterator', stream, 'take up a shard'],
      ['dynamodb:DescribeStream', stream, 'see the shards'],
      ['s3:GetObject', journal, 'see what the journal holds'],
      ['s3:PutObject', journal, 'write the journal'],
      ['s3:ListBucket', arns.bucket('Vault'), 'learn that the journal holds nothing'],
      ['kms:GenerateDataKey', arns.key('Data'), 'close the journal', throughBucket('Vault')],
      ['dynamodb:GetItem', arns.catalog(), 'see up to where it is', inPartition(projectionKey('s'))],
      ['dynamodb:PutItem', arns.catalog(), 'note up to where it is', inPartition(projectionKey('s'))],
      ['dynamodb:UpdateItem', arns.catalog(), 'count', inPartition({ pk: statsPk('acme') })],
      ['dynamodb:UpdateItem', arns.catalog(), 'count for uploaders', inPartition({ pk: usagePk('acme') })],
      ['dynamodb:UpdateItem', arns.catalog(), 'count by day', inPartition({ pk: growthPk('acme') })],
      ['dynamodb:Query', arns.index(indexNames.byKind), 'find who waits for an object'],
      ['dynamodb:Query', arns.catalog(), 'see what a job waits for', inPartition(jobKey('acme', 'j'))],
      ['dynamodb:DeleteItem', arns.catalog(), 'tell a job', inPartition(awaitKey('acme', 'j', 'asset:a'))],
      ['dynamodb:UpdateItem', arns.catalog(), 'show the progress of a job', inPartition(jobKey('acme', 'j'))],
      ['lambda:SendDurableExecutionCallbackSuccess', arns.execution('Restore'), 'wake a restore'],
      [
        'dynamodb:Query',
        arns.catalog(),
        'see the holds over an asset',
        inPartition({ pk: holdPk('acme', 'asset', 'a') }),
      ],
      ['dynamodb:PutItem', arns.catalog(), 'write the row of a hold’s job', inPartition(jobKey('acme', 'j'))],
      ['lambda:InvokeFunction', arns.live('Hold'), 'have what came held'],
      ['sqs:SendMessage', arns.queue('ProjectFailures'), 'name what it gave up'],
      ['kms:GenerateDataKey', arns.key('Messages'), 'close that', throughQueue('ProjectFailures')],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoAsset,
      ['s3:GetObject', raw, 'read what is newest'],
      ['s3:DeleteObject', journal, 'hide the journal'],
      ['s3:DeleteObjectVersion', journal, 'delete the history of the journal'],
      ['s3:PutObject', arns.vault('facts/t1/x'), 'write attributes'],
      ['dynamodb:PutItem', arns.catalog(), 'place a hold', inPartition({ pk: holdPk('acme', 'asset', 'a') })],
      ['dynamodb:UpdateItem', arns.catalog(), 'change a hold', inPartition({ pk: holdPk('acme', 'asset', 'a') })],
      ['dynamodb:DeleteItem', arns.catalog(), 'forget a count', inPartition({ pk: statsPk('acme') })],
      ['dynamodb:Query', arns.index(indexNames.bySubject), 'list a data subject'],
      ['lambda:SendDurableExecutionCallbackSuccess', arns.execution('Recover'), 'wake a recovery'],
      ['lambda:StopDurableExecution', arns.execution('Restore'), 'end a restore'],
      ['lambda:InvokeFunction', arns.live('Sweep'), 'start a sweep'],
      ['sqs:SendMessage', arns.queue(catalogQueue), 'forge a change of the vault'],
    ],
  },
  Gauges: {
    can: [
      ofTable,
      logs('Gauges'),
      ['dynamodb:Query', arns.catalog(), 'list tenants', inPartition({ pk: tenantsPk })],
      ['dynamodb:Query', arns.catalog(), 'read counters', inPartition({ pk: statsPk('acme') })],
      ['cloudwatch:GetMetricData', '*', 'see what came'],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoAsset,
      readsNoContentKey,
      ['dynamodb:Query', arns.catalog(), 'read memberships', inPartition(memberKey('sub', 'acme'))],
      ['dynamodb:Query', arns.catalog(), 'read uploaders', inPartition({ pk: usagePk('acme') })],
      ['dynamodb:Query', arns.index(indexNames.byKind), 'list assets'],
      ['cloudwatch:PutMetricData', '*', 'forge metrics', metrics('Mediakeep/mediakeep')],
    ],
  },
  Guard: {
    can: [
      logs('Guard'),
      ...(['Landing', 'Vault', 'Scratch', 'Audit', 'Logs'] as const).flatMap((bucket): Line[] => [
        ['s3:GetBucketPolicy', arns.bucket(bucket), `read the policy of ${bucket}`],
        ['s3:GetBucketVersioning', arns.bucket(bucket), `see that ${bucket} has versions`],
        ['s3:GetLifecycleConfiguration', arns.bucket(bucket), `see what expires in ${bucket}`],
      ]),
      ['s3:GetBucketPublicAccessBlock', arns.bucket('Vault'), 'see that the vault is private'],
      ['s3:GetEncryptionConfiguration', arns.bucket('Vault'), 'see that the vault is encrypted'],
      ['s3:GetReplicationConfiguration', arns.bucket('Vault'), 'see that the vault is copied'],
      ['s3:GetBucketObjectLockConfiguration', arns.bucket('Audit'), 'see that the audit is locked'],
      ...(['Data', 'Subjects', 'Audit', 'Messages', 'Tokens'] as const).map(
        (key): Line => ['kms:DescribeKey', arns.key(key), `see that the key ${key} can be used`],
      ),
      ['cloudwatch:PutMetricData', '*', 'tell the second region', metrics('Mediakeep/mediakeep')],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoContentKey,
      ['s3:GetObject', raw, 'read what is newest'],
      ['s3:ListBucket', arns.bucket('Vault'), 'list the vault'],
      ['s3:PutBucketPublicAccessBlock', arns.bucket('Vault'), 'open the vault'],
      ['s3:PutEncryptionConfiguration', arns.bucket('Vault'), 'change the encryption'],
      ['dynamodb:Query', arns.catalog(), 'read the catalog'],
      ['kms:EnableKey', arns.key('Data'), 'enable a key'],
      ['cloudwatch:PutMetricData', '*', 'forge metrics of others', metrics('AWS/S3')],
      ['cloudwatch:DeleteAlarms', '*', 'remove alarms'],
      ['s3:GetBucketPolicy', arnsAbroad.bucket('Vault'), 'look into the second region'],
    ],
  },
  ProofAge: {
    can: [
      ofTable,
      logs('ProofAge'),
      ['dynamodb:GetItem', arns.catalog(), 'read the last good proof', inPartition(proofKey)],
      ['dynamodb:GetItem', arns.catalog(), 'see that the API is closed', inPartition(closedKey)],
      ['dynamodb:GetItem', arns.catalog(), 'see who closed it', inPartition(jobKey(operatorTenant, 'j'))],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoAsset,
      readsNoContentKey,
      ['dynamodb:PutItem', arns.catalog(), 'forge a proof', inPartition(proofKey)],
      ['dynamodb:DeleteItem', arns.catalog(), 'open the API', inPartition(closedKey)],
      ['dynamodb:GetItem', arns.catalog(), 'read the job of a tenant', inPartition(jobKey('acme', 'j'))],
      ['dynamodb:Query', arns.catalog(), 'list jobs', inPartition(jobKey(operatorTenant, 'j'))],
    ],
  },
  Start: {
    can: [
      ofTable,
      logs('Start'),
      ['dynamodb:GetItem', arns.catalog(), 'see that a job is begun', inPartition(jobKey(operatorTenant, 'j'))],
      ['dynamodb:PutItem', arns.catalog(), 'write the row of a job', inPartition(jobKey(operatorTenant, 'j'))],
      ...(['Sweep', 'Archive', 'Reconcile', 'Recover'] as const).map(
        (who): Line => ['lambda:InvokeFunction', arns.live(who), `start ${who}`],
      ),
      ['sqs:SendMessage', arns.queue('JobDeadLetters'), 'leave what failed'],
      ['kms:GenerateDataKey', arns.key('Messages'), 'close what failed', throughQueue('JobDeadLetters')],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoAsset,
      readsNoContentKey,
      ['dynamodb:PutItem', arns.catalog(), 'write the job of a tenant', inPartition(jobKey('acme', 'j'))],
      ['dynamodb:PutItem', arns.catalog(), 'plan an end', inPartition({ pk: duePk('acme', 0) })],
      ['lambda:InvokeFunction', arns.live('Hold'), 'start what people start'],
      ['lambda:InvokeFunction', arns.live('Restore'), 'start a restore'],
      ['lambda:InvokeFunction', arns.function('Undelete'), 'undelete'],
      ['lambda:InvokeFunction', arns.function('Recover'), 'start a version that is not live'],
    ],
  },
  Schedules: {
    can: [
      ['lambda:InvokeFunction', arns.function('Start'), 'call what starts jobs'],
      ['sqs:SendMessage', arns.queue('JobDeadLetters'), 'leave what could not be called'],
      ['kms:GenerateDataKey', arns.key('Messages'), 'close that', throughQueue('JobDeadLetters')],
    ],
    cannot: [
      ...touchesNoContent,
      readsNoAsset,
      ['lambda:InvokeFunction', arns.live('Sweep'), 'start a job past it'],
      ['lambda:InvokeFunction', arns.function('Api'), 'call the API'],
      ['sqs:SendMessage', arns.queue(catalogQueue), 'forge a change of the vault'],
      ['sqs:ReceiveMessage', arns.queue('JobDeadLetters'), 'take what failed'],
    ],
  },
};
