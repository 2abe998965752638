import {
  assetKey,
  classRetentionKey,
  duePk,
  duplicateKey,
  hashPk,
  holdKey,
  idempotencyKey,
  indexNames,
  jobKey,
  memberKey,
  packedKey,
  statsPk,
} from '../../core/catalog/keys.ts';
import type { Battery, Line } from './iam-ask.ts';
import {
  catalogQueue,
  inPartition,
  intakeQueue,
  multipart,
  newObject,
  put,
  throughBucket,
  throughCatalog,
  throughCopies,
  throughQueue,
} from './iam-ask.ts';
import { arns, arnsAbroad } from './policy-world.ts';

const raw = arns.vault('raw/audio/t1/x');
const copy = arnsAbroad.vault('raw/audio/t1/x');
const landed = arns.landing(`${multipart}t1/x`);

/** The way of an upload from the API to the catalog, beside what stands in the lists of it. */
export const front: Battery = {
  Api: {
    can: [
      ['s3:GetObject', arns.vault('facts/t1/x'), 'read changed attributes'],
      ['s3:ListBucket', arns.bucket('Vault'), 'learn that nothing was changed'],
      ['s3:GetObjectVersion', copy, 'see a copy'],
      ['s3:ListBucket', arnsAbroad.bucket('Vault'), 'see that there is no copy'],
      ['s3:PutObject', arns.scratch('opened/x'), 'lay out what a pack holds'],
      ['s3:GetObject', arns.scratch('opened/x'), 'sign its download'],
      ['kms:GenerateDataKey', arns.key('Data'), 'close what it lays out', throughBucket('Scratch')],
      ['kms:Decrypt', arns.key('Data'), 'open the catalog', throughCatalog()],
      ['dynamodb:BatchGetItem', arns.catalog(), 'read assets'],
      ['dynamodb:Query', arns.catalog(), 'read statistics', inPartition({ pk: statsPk('acme') })],
      ['dynamodb:Query', arns.index(indexNames.byActor), 'list by uploader'],
      ['dynamodb:Query', arns.index(indexNames.bySubject), 'list by data subject'],
      ['dynamodb:PutItem', arns.catalog(), 'place a hold', inPartition(holdKey('acme', 'asset', 'a', 'h'))],
      ['dynamodb:PutItem', arns.catalog(), 'change a rule of retention', inPartition(classRetentionKey('acme', 'x'))],
      ['dynamodb:DeleteItem', arns.catalog(), 'drop a rule of retention', inPartition(classRetentionKey('acme', 'x'))],
      ['dynamodb:PutItem', arns.catalog(), 'write the row of a job', inPartition(jobKey('acme', 'j'))],
      ['dynamodb:UpdateItem', arns.catalog(), 'delete what a pack holds', inPartition(packedKey('acme', 'a'))],
      ['dynamodb:UpdateItem', arns.catalog(), 'take a request up again', inPartition(idempotencyKey('acme', 's', 'k'))],
      ...(['Archive', 'Hold', 'Restore', 'Sweep'] as const).map(
        (who): Line => ['lambda:InvokeFunction', arns.live(who), `start ${who}`],
      ),
      ['logs:PutLogEvents', arns.logGroup('Api'), 'write its log'],
    ],
    cannot: [
      ['lambda:InvokeFunction', arns.live('Recover'), 'start a recovery'],
      ['lambda:InvokeFunction', arns.live('Reconcile'), 'start a rebuild'],
      ['lambda:InvokeFunction', arns.function('Sweep'), 'start a version that is not live'],
      ['lambda:StopDurableExecution', arns.execution('Hold'), 'end what runs'],
      ['s3:GetObject', arns.vault('journal/t1/x'), 'read the journal'],
      ['s3:RestoreObject', raw, 'pay for a restore'],
      ['s3:PutObject', arns.vault('packs/t1/audio/p'), 'write a pack', newObject],
      ['s3:PutObject', copy, 'write copies', newObject],
      ['s3:DeleteObject', copy, 'hide copies'],
      ['s3:DeleteObjectVersion', copy, 'delete copies'],
      ['s3:GetObject', arns.scratch('reconcile/x'), 'read notes of others'],
      ['kms:Decrypt', arnsAbroad.key('Vault'), 'open copies', throughCopies()],
      ['dynamodb:UpdateItem', arns.catalog(), 'change a counter', inPartition({ pk: statsPk('acme') })],
      [
        'dynamodb:PutItem',
        arns.catalog(),
        'reach past its rows',
        {
          'dynamodb:LeadingKeys': [memberKey('sub', 'acme').pk, assetKey('acme', 'a').pk],
        },
      ],
      ['sqs:SendMessage', arns.queue(catalogQueue), 'forge a change of the vault'],
    ],
  },
  Intake: {
    can: [
      ['dynamodb:PutItem', arns.catalog(), 'say why it refused', inPartition(duplicateKey('acme', 'a'))],
      ['kms:GenerateDataKey', arns.key('Data'), 'close a staged copy', throughBucket('Landing')],
    ],
    cannot: [
      ['s3:PutObject', arns.vault('journal/t1/x'), 'write the journal', newObject],
      ['s3:PutObject', arns.vault('facts/t1/x'), 'write attributes', newObject],
      ['s3:PutObject', arns.vault('packs/t1/audio/p'), 'write a pack', newObject],
      ['s3:GetObject', arns.vault('journal/t1/x'), 'read the journal'],
      ['s3:GetObject', landed, 'read what was not announced'],
      ['s3:DeleteObject', landed, 'hide what landed'],
      ['s3:ListBucketVersions', arns.bucket('Vault'), 'list versions'],
      ['s3:PutObjectTagging', raw, 'send content to the archive'],
      ['s3:PutObject', copy, 'write copies', newObject],
      ['dynamodb:UpdateItem', arns.catalog(), 'change rows'],
      ['lambda:InvokeFunction', arns.live('Sweep'), 'start a sweep'],
      ['sqs:SendMessage', arns.queue(catalogQueue), 'forge a change of the vault'],
    ],
  },
  Catalog: {
    can: [
      ['s3:GetObjectLegalHold', raw, 'see a hold'],
      ['s3:GetObjectRetention', raw, 'see a lock'],
      ['s3:ListBucket', arns.bucket('Vault'), 'tell what is gone from what is hidden'],
      ['dynamodb:PutItem', arns.catalog(), 'plan an end', inPartition({ pk: duePk('acme', 0) })],
      ['dynamodb:PutItem', arns.catalog(), 'claim a content', inPartition({ pk: hashPk('acme', 'x', 1) })],
      ['kms:Decrypt', arns.key('Data'), 'open its rows', throughCatalog()],
      ['sqs:DeleteMessage', arns.queue(catalogQueue), 'finish messages'],
      ['logs:PutLogEvents', arns.logGroup('Catalog'), 'write its log'],
    ],
    cannot: [
      ['s3:GetObject', arns.vault('journal/t1/x'), 'read the journal'],
      ['s3:RestoreObject', raw, 'pay for a restore'],
      ['s3:PutObjectTagging', raw, 'send content to the archive'],
      ['s3:GetObjectVersion', copy, 'read copies'],
      ['dynamodb:UpdateItem', arns.catalog(), 'change a counter', inPartition({ pk: statsPk('acme') })],
      ['dynamodb:Query', arns.catalog(), 'look around in the catalog'],
      ['sqs:ReceiveMessage', arns.queue(intakeQueue), 'take the messages of intake'],
      ['kms:Decrypt', arns.key('Messages'), 'open the messages of intake', throughQueue(intakeQueue)],
      ['lambda:InvokeFunction', arns.live('Hold'), 'start a job'],
    ],
  },
  Undelete: {
    can: [
      ['kms:GenerateDataKey', arns.key('Data'), 'close its row', throughCatalog()],
      ['logs:PutLogEvents', arns.logGroup('Undelete'), 'write its log'],
    ],
    cannot: [
      ['s3:DeleteObject', raw, 'hide content'],
      ['s3:GetObjectVersion', raw, 'read versions'],
      ['s3:GetObject', arns.landing(`${put}t1/x`), 'read the quarantine'],
      ['kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
      ['dynamodb:DeleteItem', arns.catalog(), 'forget what it owes'],
      ['dynamodb:PutItem', arns.catalog(), 'write a row of no partition'],
      ['lambda:InvokeFunction', arns.live('Sweep'), 'start a sweep'],
    ],
  },
};
