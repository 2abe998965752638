import {
  assetKey,
  holdKey,
  idempotencyKey,
  indexNames,
  jobKey,
  memberKey,
  rateKey,
  statsPk,
} from '../../core/catalog/keys.ts';
import type { Battery, Line } from './iam-ask.ts';
import { inPartition, newObject, put, throughBucket, throughCopies } from './iam-ask.ts';
import { accountId, arns, arnsAbroad, secondRegion } from './policy-world.ts';

const raw = arns.vault('raw/audio/t1/x');
const copy = arnsAbroad.vault('raw/audio/t1/x');
const pack = arnsAbroad.vault('packs/t1/audio/p');
const sealed = arns.audit('segments/x');
const sealedCopy = arnsAbroad.audit('segments/x');
const catalog = arnsAbroad.catalog();
const macs = { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'kms:CallerAccount': accountId };

const viaAbroad = (service: string, context: Record<string, string>) => ({
  'kms:ViaService': `${service}.${secondRegion}.amazonaws.com`,
  'kms:CallerAccount': accountId,
  ...context,
});
const throughCatalog = viaAbroad('dynamodb', {
  'kms:EncryptionContext:aws:dynamodb:tableName': catalog.split('/')[1] ?? '',
});
const throughScratch = viaAbroad('s3', { 'kms:EncryptionContext:aws:s3:arn': arnsAbroad.bucket('Scratch') });

/** What a failover builds reads the copies and leaves the home region alone. */
const changesNothing: readonly Line[] = [
  ['s3:PutObject', copy, 'write copies', newObject],
  ['s3:DeleteObject', copy, 'hide copies'],
  ['s3:DeleteObjectVersion', copy, 'delete copies'],
  ['s3:PutObjectTagging', copy, 'tag copies'],
  ['s3:PutObjectLegalHold', copy, 'touch holds of copies'],
  ['s3:GetObject', sealedCopy, 'read the copy of the audit'],
  ['s3:GetObject', raw, 'read the home region'],
  ['s3:PutObject', raw, 'write into the home region', newObject],
  ['s3:DeleteObjectVersion', raw, 'delete in the home region'],
  ['dynamodb:GetItem', arns.catalog(), 'read the catalog of the home region'],
  ['dynamodb:PutItem', arns.catalog(), 'write the catalog of the home region'],
  ['dynamodb:DeleteTable', catalog, 'delete the table that was made'],
  ['kms:GenerateDataKey', arnsAbroad.key('Vault'), 'close anything as a copy', throughCopies()],
  ['kms:Decrypt', arns.key('Data'), 'open the vault of the home region', throughBucket('Vault')],
  ['kms:Decrypt', arnsAbroad.key('Vault'), 'open copies past S3', { 'kms:CallerAccount': accountId }],
  ['lambda:InvokeFunction', arns.function('Undelete'), 'call functions of the home region'],
];

/** What stands in the second region, and what is copied to it. */
export const abroad: Battery = {
  Replication: {
    can: [
      ['s3:GetReplicationConfiguration', arns.bucket('Vault'), 'see what is copied'],
      ['s3:ListBucket', arns.bucket('Audit'), 'list what is copied'],
      ['s3:GetObjectVersionForReplication', raw, 'read an original'],
      ['s3:GetObjectVersionTagging', raw, 'read its tags'],
      ['s3:GetObjectLegalHold', raw, 'read its hold'],
      ['s3:GetObjectRetention', sealed, 'read its lock'],
      ['s3:ReplicateObject', copy, 'write a copy'],
      ['s3:ReplicateDelete', copy, 'copy a delete marker'],
      ['s3:ReplicateTags', copy, 'copy tags'],
      ['s3:ReplicateObject', sealedCopy, 'copy the audit'],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
      ['kms:Decrypt', arns.key('Audit'), 'open the audit', throughBucket('Audit')],
      ['kms:GenerateDataKey', arnsAbroad.key('Vault'), 'close a copy', throughCopies()],
      ['kms:GenerateDataKey', arnsAbroad.key('Audit'), 'close a copy of the audit', throughCopies('Audit')],
    ],
    cannot: [
      ['s3:GetObjectVersionForReplication', arns.landing(`${put}t1/x`), 'copy the quarantine'],
      ['s3:GetObjectVersionForReplication', arns.scratch('x'), 'copy what lies for a day'],
      ['s3:GetObject', raw, 'read content by itself'],
      ['s3:PutObject', raw, 'write originals', newObject],
      ['s3:PutObject', copy, 'write past replication', newObject],
      ['s3:ReplicateObject', raw, 'copy back'],
      ['s3:DeleteObjectVersion', copy, 'delete copies'],
      ['s3:ObjectOwnerOverrideToBucketOwner', copy, 'give copies away'],
      ['s3:GetObject', copy, 'read copies'],
      ['s3:ReplicateObject', 'arn:aws:s3:::foreign/x', 'copy to a foreign bucket'],
      ['kms:Decrypt', arns.key('Data'), 'open the quarantine', throughBucket('Landing')],
      ['kms:Decrypt', arnsAbroad.key('Vault'), 'open copies', throughCopies()],
      [
        'kms:GenerateDataKey',
        arnsAbroad.key('Messages'),
        'use a key of another alias',
        {
          ...throughCopies(),
          'kms:ResourceAliases': ['alias/other'],
        },
      ],
      ['dynamodb:GetItem', arns.catalog(), 'read the catalog'],
    ],
  },
  BatchReplication: {
    can: [
      ['s3:GetReplicationConfiguration', arns.bucket('Vault'), 'see what is copied'],
      ['s3:PutInventoryConfiguration', arns.bucket('Vault'), 'list what has no copy'],
      ['s3:InitiateReplication', raw, 'have an original copied'],
      ['s3:InitiateReplication', sealed, 'have the audit copied'],
    ],
    cannot: [
      ['s3:InitiateReplication', arns.landing(`${put}t1/x`), 'have the quarantine copied'],
      ['s3:GetObject', raw, 'read content'],
      ['s3:GetObjectVersion', raw, 'read versions'],
      ['s3:PutObject', raw, 'write content', newObject],
      ['s3:DeleteObjectVersion', raw, 'delete content'],
      ['s3:ReplicateObject', copy, 'copy by itself'],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
    ],
  },
  StandbyApi: {
    can: [
      ['s3:GetObject', copy, 'read a copy'],
      ['s3:GetObjectVersion', copy, 'sign a download of a copy'],
      ['s3:ListBucket', arnsAbroad.bucket('Vault'), 'tell what is gone from what is hidden'],
      ['kms:Decrypt', arnsAbroad.key('Vault'), 'let a copy be opened', throughCopies()],
      ['s3:PutObject', arnsAbroad.scratch('opened/x'), 'lay out what a pack holds'],
      ['s3:GetObject', arnsAbroad.scratch('opened/x'), 'sign its download'],
      ['kms:GenerateDataKey', arnsAbroad.key('Data'), 'close what it lays out', throughScratch],
      ['dynamodb:GetItem', catalog, 'read a membership', inPartition(memberKey('sub', 'acme'))],
      ['dynamodb:BatchGetItem', catalog, 'read assets'],
      ['dynamodb:Query', arnsAbroad.index(indexNames.byKind), 'list a class'],
      ['dynamodb:UpdateItem', catalog, 'count a request', inPartition(rateKey('sub', 1))],
      ['kms:Decrypt', arnsAbroad.key('Data'), 'open its catalog', throughCatalog],
      ['kms:GenerateMac', arnsAbroad.key('Tokens'), 'sign cursors', macs],
      ['logs:PutLogEvents', arnsAbroad.logGroup('Api'), 'write its log'],
    ],
    cannot: [
      ...changesNothing,
      ['dynamodb:PutItem', catalog, 'make a member', inPartition(memberKey('sub', 'acme'))],
      ['dynamodb:PutItem', catalog, 'place a hold', inPartition(holdKey('acme', 'asset', 'a', 'h'))],
      ['dynamodb:PutItem', catalog, 'remember a request', inPartition(idempotencyKey('acme', 'sub', 'k'))],
      ['dynamodb:UpdateItem', catalog, 'change an asset row', inPartition(assetKey('acme', 'a'))],
      ['dynamodb:DeleteItem', catalog, 'remove a member', inPartition(memberKey('sub', 'acme'))],
      ['kms:GenerateMac', arns.key('Tokens'), 'sign as the home region does', macs],
      ['lambda:InvokeFunction', arnsAbroad.function('Rebuild'), 'start a rebuild'],
    ],
  },
  Rebuild: {
    can: [
      ['s3:ListBucketVersions', arnsAbroad.bucket('Vault'), 'go through the copies'],
      ['s3:ListBucket', arnsAbroad.bucket('Vault'), 'tell what is gone from what is hidden'],
      ['s3:GetObject', arnsAbroad.vault('journal/t1/member/x'), 'read the journal'],
      ['s3:GetObjectVersion', copy, 'look at a copy'],
      ['s3:GetObjectVersionTagging', copy, 'see what is about to be archived'],
      ['s3:GetObjectLegalHold', copy, 'see a hold'],
      ['s3:GetObjectRetention', copy, 'see a lock'],
      ['s3:GetObjectTagging', copy, 'see in a HEAD that there are tags'],
      ['s3:RestoreObject', pack, 'have a pack back'],
      ['kms:Decrypt', arnsAbroad.key('Vault'), 'open a copy', throughCopies()],
      ['dynamodb:PutItem', catalog, 'write an asset row', inPartition(assetKey('acme', 'a'))],
      ['dynamodb:DeleteItem', catalog, 'remove a link', inPartition(assetKey('acme', 'a'))],
      ['dynamodb:UpdateItem', catalog, 'count', inPartition({ pk: statsPk('acme') })],
      ['dynamodb:PutItem', catalog, 'keep its job', inPartition(jobKey('-', 'j'))],
      ['kms:Decrypt', arnsAbroad.key('Data'), 'open its catalog', throughCatalog],
      ['s3:PutObject', arnsAbroad.scratch('reconcile/x'), 'lay a note'],
      ['s3:PutObject', arnsAbroad.scratch('reports/rebuild/x'), 'leave its report'],
      ['kms:GenerateDataKey', arnsAbroad.key('Data'), 'close its report', throughScratch],
      ['lambda:CheckpointDurableExecution', arnsAbroad.execution('Rebuild'), 'write its checkpoints'],
      ['lambda:InvokeFunction', `${arnsAbroad.function('Rebuild')}:live`, 'start its successor'],
      ['sqs:SendMessage', arnsAbroad.queue('JobDeadLetters'), 'leave what failed'],
      ['logs:PutLogEvents', arnsAbroad.logGroup('Rebuild'), 'write its log'],
    ],
    cannot: [
      ...changesNothing,
      ['s3:RestoreObject', copy, 'pay for a restore of content'],
      ['s3:PutObject', sealedCopy, 'write the copy of the audit', newObject],
      ['s3:PutObject', arnsAbroad.scratch('opened/x'), 'lay out content'],
      ['kms:GenerateMac', arnsAbroad.key('Tokens'), 'forge cursors', macs],
      ['dynamodb:Scan', catalog, 'scan'],
    ],
  },
  Reader: {
    can: [['execute-api:Invoke', `${arnsAbroad.api()}/live/GET/assets`, 'call the API']],
    cannot: [
      ...changesNothing,
      ['s3:GetObject', copy, 'read copies past the API'],
      ['dynamodb:GetItem', catalog, 'read the catalog past the API'],
      ['execute-api:Invoke', `${arnsAbroad.api().replace(/[^:]+$/, 'other')}/live/GET/assets`, 'call another API'],
      ['execute-api:ManageConnections', `${arnsAbroad.api()}/live/POST/x`, 'manage the API'],
    ],
  },
};
