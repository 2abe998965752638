import { landingPrefixes } from '../../core/key-layout.ts';
import { accountId, arns, type Question, region } from './policy-world.ts';

/** A question with its answer. */
export interface Expectation extends Question {
  readonly title: string;
  readonly allowed: boolean;
}

const via = (service: string, context: Record<string, string>) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
  'kms:CallerAccount': accountId,
  ...context,
});
const throughBucket = (id: string) => via('s3', { 'kms:EncryptionContext:aws:s3:arn': arns.bucket(id) });
const throughCatalog = () =>
  via('dynamodb', { 'kms:EncryptionContext:aws:dynamodb:tableName': arns.catalog().split('/')[1] ?? '' });
const throughQueue = (id: string) => via('sqs', { 'kms:EncryptionContext:aws:sqs:arn': arns.queue(id) });

type Ask = readonly [
  who: Question['who'],
  action: string,
  resource: string,
  title: string,
  context?: Question['context'],
];
const expect =
  (allowed: boolean) =>
  ([who, action, resource, title, context]: Ask): Expectation => ({
    who,
    action,
    resource,
    title: `${who} ${allowed ? 'can' : 'cannot'} ${title}`,
    allowed,
    ...(context && { context }),
  });

const newObject = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
const encrypted = {
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': arns.key('Data'),
};
const { put, post, multipart } = landingPrefixes;
const intakeQueue = 'IntakeQueue4';
const catalogQueue = 'CatalogQueueC';

const abilities: readonly Ask[] = [
  ['Intake', 's3:GetObjectVersion', arns.landing(`${put}t1/x`), 'read the version that landed'],
  ['Intake', 's3:DeleteObjectVersion', arns.landing(`${put}t1/x`), 'clear what it promoted'],
  ['Intake', 's3:PutObject', arns.landing('staged/t1/x'), 'stage a copy for its digest'],
  ['Intake', 's3:PutObject', arns.vault('raw/audio/t1/x'), 'promote into the vault', newObject],
  ['Intake', 's3:PutObject', arns.vault('raw/audio/t1/x'), 'promote without If-None-Match in the policy'],
  ['Intake', 's3:AbortMultipartUpload', arns.vault('raw/audio/t1/x'), 'abandon a copy in parts'],
  ['Intake', 's3:GetObject', arns.vault('raw/audio/t1/x'), 'compare what is in the vault'],
  ['Intake', 's3:ListBucket', arns.bucket('Vault'), 'learn that a key is free'],
  ['Intake', 'dynamodb:PutItem', arns.catalog(), 'claim a content'],
  ['Intake', 'dynamodb:BatchGetItem', arns.catalog(), 'recall what it decided'],
  ['Intake', 'sqs:ReceiveMessage', arns.queue(intakeQueue), 'take messages'],
  ['Intake', 'sqs:DeleteMessage', arns.queue(intakeQueue), 'finish messages'],
  ['Intake', 'sqs:ChangeMessageVisibility', arns.queue(intakeQueue), 'let a message come back'],
  ['Intake', 'kms:Decrypt', arns.key('Data'), 'open what landed', throughBucket('Landing')],
  ['Intake', 'kms:GenerateDataKey', arns.key('Data'), 'write into the vault', throughBucket('Vault')],
  ['Intake', 'kms:Decrypt', arns.key('Data'), 'open the catalog', throughCatalog()],
  ['Intake', 'kms:Decrypt', arns.key('Messages'), 'open its messages', throughQueue(intakeQueue)],
  ['Intake', 'logs:PutLogEvents', arns.logGroup('Intake'), 'write its log'],
  ['Catalog', 's3:GetObjectVersion', arns.vault('raw/audio/t1/x'), 'look at a version'],
  ['Catalog', 's3:GetObject', arns.vault('facts/t1/x'), 'read changed attributes'],
  ['Catalog', 's3:ListBucketVersions', arns.bucket('Vault'), 'list the versions of a key'],
  ['Catalog', 'dynamodb:GetItem', arns.catalog(), 'read an asset row'],
  ['Catalog', 'dynamodb:PutItem', arns.catalog(), 'write an asset row'],
  ['Catalog', 'dynamodb:DeleteItem', arns.catalog(), 'remove a claim of what is gone'],
  ['Catalog', 'sqs:ReceiveMessage', arns.queue(catalogQueue), 'take messages'],
  ['Catalog', 'kms:Decrypt', arns.key('Data'), 'open the vault', throughBucket('Vault')],
  ['Catalog', 'kms:Decrypt', arns.key('Messages'), 'open its messages', throughQueue(catalogQueue)],
  ['Undelete', 's3:ListBucketVersions', arns.bucket('Vault'), 'tell a marker from a version'],
  ['Undelete', 's3:DeleteObjectVersion', arns.vault('raw/audio/t1/x'), 'remove a delete marker'],
  ['Api', 's3:PutObject', arns.landing(`${put}t1/x`), 'sign a PUT', { ...newObject, ...encrypted }],
  [
    'Api',
    's3:PutObject',
    arns.landing(`${post}t1/x`),
    'sign a form',
    { 's3:ObjectCreationOperation': 'true', ...encrypted },
  ],
  ['Api', 's3:PutObject', arns.landing(`${multipart}t1/x`), 'sign a part', { 's3:ObjectCreationOperation': 'false' }],
  ['Api', 's3:AbortMultipartUpload', arns.landing(`${multipart}t1/x`), 'abort an upload'],
  ['Api', 's3:GetObject', arns.landing(`${put}t1/x`), 'see that an upload landed'],
  ['Api', 's3:ListBucket', arns.bucket('Landing'), 'see that an upload has not landed'],
  ['Api', 's3:GetObjectVersion', arns.vault('raw/audio/t1/x'), 'sign a download of one version'],
  ['Api', 's3:PutObject', arns.vault('facts/t1/x'), 'write changed attributes'],
  ['Api', 's3:DeleteObject', arns.vault('raw/audio/t1/x'), 'put a delete marker'],
  ['Api', 'dynamodb:GetItem', arns.catalog(), 'read a membership'],
  ['Api', 'dynamodb:UpdateItem', arns.catalog(), 'count a request'],
  ['Api', 'dynamodb:ConditionCheckItem', arns.catalog(), 'rest a change on another row'],
  ['Api', 'dynamodb:Query', `${arns.catalog()}/index/g1-kind`, 'list by class'],
  ['Api', 'dynamodb:Query', `${arns.catalog()}/index/g4-topic`, 'list by topic'],
  [
    'Api',
    'kms:GenerateMac',
    arns.key('Tokens'),
    'sign tokens',
    { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'kms:CallerAccount': accountId },
  ],
  ['Api', 'kms:GenerateDataKey', arns.key('Data'), 'let an upload be encrypted', throughBucket('Landing')],
  ['Api', 'kms:Decrypt', arns.key('Data'), 'let a download be opened', throughBucket('Vault')],
  ['Api', 'lambda:InvokeFunction', arns.function('Undelete'), 'ask for an undelete'],
  ['Api', 'cognito-idp:AdminCreateUser', arns.userPool(), 'invite a person'],
  ['Api', 'cognito-idp:AdminGetUser', arns.userPool(), 'find an invited person'],
  [
    's3.amazonaws.com',
    'sqs:SendMessage',
    arns.queue(intakeQueue),
    'announce what landed',
    { 'aws:SourceArn': arns.bucket('Landing'), 'aws:SourceAccount': accountId },
  ],
  [
    's3.amazonaws.com',
    'sqs:SendMessage',
    arns.queue(catalogQueue),
    'announce a change of the vault',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': accountId },
  ],
  [
    's3.amazonaws.com',
    'kms:GenerateDataKey',
    arns.key('Messages'),
    'encrypt its messages',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': accountId },
  ],
  [
    'cloudwatch.amazonaws.com',
    'sns:Publish',
    arns.topic(),
    'publish alarms',
    { 'aws:SourceArn': `arn:aws:cloudwatch:${region}:${accountId}:alarm:x`, 'aws:SourceAccount': accountId },
  ],
  [
    'cloudwatch.amazonaws.com',
    'kms:GenerateDataKey',
    arns.key('Messages'),
    'encrypt alarms',
    { 'aws:SourceAccount': accountId },
  ],
  [
    'logging.s3.amazonaws.com',
    's3:PutObject',
    arns.logs('vault/x'),
    'deliver access logs',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': accountId },
  ],
];

const old = { 's3:signatureAge': '900001' };
const foreign = 'arn:aws:kms:ap-south-1:111122223333:key/other';
const foreignHeaders: readonly (readonly [string, string])[] = [
  ['s3:x-amz-acl', 'public-read'],
  ['s3:x-amz-grant-full-control', 'id=1'],
  ['s3:x-amz-grant-read', 'id=1'],
  ['s3:RequestObjectTagKeys', 'a'],
  ['s3:object-lock-mode', 'COMPLIANCE'],
  ['s3:object-lock-retain-until-date', '2030-01-01T00:00:00Z'],
  ['s3:object-lock-legal-hold', 'ON'],
  ['s3:x-amz-grant-read-acp', 'id=1'],
  ['s3:x-amz-grant-write-acp', 'id=1'],
  ['s3:x-amz-website-redirect-location', '/x'],
];

const signing: readonly Ask[] = [
  [
    'Api',
    's3:PutObject',
    arns.landing(`${put}t1/x`),
    'let a key be written twice',
    { 's3:ObjectCreationOperation': 'true' },
  ],
  ['Api', 's3:PutObject', arns.landing(`${put}t1/x`), 'sign for longer than 15 minutes', { ...newObject, ...old }],
  ['Api', 's3:GetObject', arns.vault('x'), 'sign a download for longer than 15 minutes', old],
  [
    'Api',
    's3:PutObject',
    arns.landing(`${put}t1/x`),
    'sign with version 2',
    { ...newObject, 's3:signatureversion': 'AWS' },
  ],
  [
    'Api',
    's3:PutObject',
    arns.landing(`${put}t1/x`),
    'store under a foreign key',
    { ...newObject, ...encrypted, 's3:x-amz-server-side-encryption-aws-kms-key-id': foreign },
  ],
  [
    'Api',
    's3:PutObject',
    arns.landing(`${put}t1/x`),
    'store without KMS',
    { ...newObject, 's3:x-amz-server-side-encryption': 'AES256' },
  ],
  [
    'Api',
    's3:PutObject',
    arns.landing(`${put}t1/x`),
    'send in clear',
    { ...newObject, 'aws:SecureTransport': 'false' },
  ],
  ['Api', 's3:PutObject', arns.landing(`${put}t1/x`), 'send under TLS 1.1', { ...newObject, 's3:TlsVersion': '1.1' }],
  ...foreignHeaders.map(
    ([key, value]): Ask => [
      'Api',
      's3:PutObject',
      arns.landing(`${multipart}t1/x`),
      `sign ${key}`,
      { [key]: key === 's3:RequestObjectTagKeys' ? [value] : value },
    ],
  ),
  ['Api', 's3:PutObject', arns.landing('other/t1/x'), 'sign beside the prefixes', newObject],
  ['Api', 's3:PutObject', arns.landing('staged/t1/x'), 'sign where intake stages', newObject],
  ['Api', 's3:PutObjectAcl', arns.landing(`${put}t1/x`), 'change an ACL'],
  ['Api', 's3:PutObjectTagging', arns.landing(`${put}t1/x`), 'tag what landed'],
];

const limits: readonly Ask[] = [
  ['Api', 's3:PutObject', arns.vault('raw/audio/t1/x'), 'write content into the vault', newObject],
  ['Api', 's3:PutObject', arns.vault('journal/t1/x'), 'write the journal', newObject],
  ['Api', 's3:DeleteObjectVersion', arns.vault('raw/audio/t1/x'), 'delete a version'],
  ['Api', 's3:DeleteObjectVersion', arns.landing(`${put}t1/x`), 'delete a version of landing'],
  ['Api', 's3:ListBucketVersions', arns.bucket('Vault'), 'list versions past the catalog'],
  ['Api', 'dynamodb:Scan', arns.catalog(), 'scan'],
  ['Api', 'dynamodb:DeleteTable', arns.catalog(), 'delete the table'],
  [
    'Api',
    'kms:GenerateMac',
    arns.key('Tokens'),
    'sign with another algorithm',
    { 'kms:MacAlgorithm': 'HMAC_SHA_512', 'kms:CallerAccount': accountId },
  ],
  ['Api', 'cognito-idp:AdminDeleteUser', arns.userPool(), 'delete a person'],
  ['Api', 'cognito-idp:AdminSetUserPassword', arns.userPool(), 'set a password'],
  ['Api', 'cognito-idp:DescribeUserPoolClient', arns.userPool(), 'read the secrets of machines'],
  ['Api', 'lambda:InvokeFunction', arns.function('Intake'), 'run intake'],
  ['Api', 'sqs:SendMessage', arns.queue(intakeQueue), 'forge a notification'],
  ['Intake', 's3:DeleteObjectVersion', arns.vault('raw/audio/t1/x'), 'delete a version of the vault'],
  ['Intake', 's3:DeleteObject', arns.vault('raw/audio/t1/x'), 'hide what is in the vault'],
  ['Intake', 's3:PutObject', arns.landing(`${put}t1/x`), 'write what clients write', newObject],
  ['Intake', 'dynamodb:DeleteItem', arns.catalog(), 'remove rows'],
  ['Intake', 'dynamodb:Query', arns.catalog(), 'look around in the catalog'],
  ['Intake', 'sqs:ReceiveMessage', arns.queue(catalogQueue), 'take the messages of the catalog'],
  ['Intake', 'kms:Decrypt', arns.key('Messages'), 'open the messages of the catalog', throughQueue(catalogQueue)],
  [
    'Intake',
    'kms:GenerateMac',
    arns.key('Tokens'),
    'forge tokens',
    { 'kms:MacAlgorithm': 'HMAC_SHA_256', 'kms:CallerAccount': accountId },
  ],
  ['Catalog', 's3:PutObject', arns.vault('raw/audio/t1/x'), 'write into the vault', newObject],
  ['Catalog', 's3:DeleteObject', arns.vault('raw/audio/t1/x'), 'delete from the vault'],
  ['Catalog', 's3:DeleteObjectVersion', arns.vault('raw/audio/t1/x'), 'delete versions of the vault'],
  ['Catalog', 's3:GetObject', arns.landing(`${put}t1/x`), 'read the quarantine'],
  ['Catalog', 'dynamodb:Scan', arns.catalog(), 'scan'],
  ['Catalog', 'kms:Decrypt', arns.key('Data'), 'open the quarantine', throughBucket('Landing')],
  ['Undelete', 's3:GetObject', arns.vault('raw/audio/t1/x'), 'read content'],
  ['Undelete', 's3:PutObject', arns.vault('raw/audio/t1/x'), 'write content', newObject],
  ['Undelete', 's3:DeleteObjectVersion', arns.landing(`${put}t1/x`), 'touch landing'],
  ['Undelete', 'dynamodb:GetItem', arns.catalog(), 'read the catalog'],
];

/** What no function may do, wherever: destroy, unlock, look into what is not its own. */
const forbidden: readonly (readonly [
  action: string,
  resource: string,
  title: string,
  context?: Question['context'],
])[] = [
  ['s3:BypassGovernanceRetention', arns.vault('x'), 'lift a lock'],
  ['s3:PutObjectLegalHold', arns.vault('x'), 'lift a hold'],
  ['s3:PutObjectRetention', arns.vault('x'), 'shorten a retention'],
  ['s3:PutBucketPolicy', arns.bucket('Vault'), 'open a bucket'],
  ['s3:PutLifecycleConfiguration', arns.bucket('Vault'), 'change what expires'],
  ['s3:DeleteBucket', arns.bucket('Vault'), 'delete a bucket'],
  ['s3:PutBucketVersioning', arns.bucket('Vault'), 'suspend versions'],
  ['s3:PutObject', arns.audit('x'), 'write the audit', newObject],
  ['s3:GetObject', arns.audit('x'), 'read the audit'],
  ['s3:DeleteObjectVersion', arns.audit('x'), 'delete the audit'],
  ['s3:GetObject', arns.logs('vault/x'), 'read access logs'],
  ['kms:ScheduleKeyDeletion', arns.key('Data'), 'delete a key'],
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
  ['dynamodb:GetItem', arns.subjectKeys(), 'read a subject’s key'],
  ['dynamodb:DeleteItem', arns.subjectKeys(), 'erase a subject’s key'],
  ['dynamodb:UpdateContinuousBackups', arns.catalog(), 'end the recovery of the catalog'],
  ['sqs:PurgeQueue', arns.queue(intakeQueue), 'empty a queue'],
  ['sqs:DeleteQueue', arns.queue(intakeQueue), 'delete a queue'],
  ['sns:Publish', arns.topic(), 'cry wolf'],
  ['iam:PassRole', `arn:aws:iam::${accountId}:role/x`, 'pass a role'],
  ['iam:CreateRole', `arn:aws:iam::${accountId}:role/x`, 'create a role'],
  ['lambda:UpdateFunctionCode', arns.function('Api'), 'change code'],
  ['sts:AssumeRole', `arn:aws:iam::${accountId}:role/x`, 'become somebody else'],
  ['logs:DeleteLogGroup', arns.logGroup('Api').replace(':log-stream:x', ''), 'remove traces'],
];

const strangers: readonly Ask[] = [
  ['anonymous', 's3:GetObject', arns.vault('x'), 'read the vault'],
  ['anonymous', 's3:PutObject', arns.landing(`${put}t1/x`), 'write into landing', newObject],
  ['anonymous', 'sqs:SendMessage', arns.queue(intakeQueue), 'send a message'],
  ['arn:aws:iam::999999999999:role/other', 's3:GetObject', arns.vault('x'), 'read the vault from another account'],
  ['arn:aws:iam::999999999999:role/other', 'kms:Decrypt', arns.key('Data'), 'use a key from another account'],
  [
    's3.amazonaws.com',
    'sqs:SendMessage',
    arns.queue(intakeQueue),
    'announce a foreign bucket',
    { 'aws:SourceArn': 'arn:aws:s3:::foreign', 'aws:SourceAccount': accountId },
  ],
  [
    's3.amazonaws.com',
    'sqs:SendMessage',
    arns.queue(intakeQueue),
    'announce for another account',
    { 'aws:SourceArn': arns.bucket('Landing'), 'aws:SourceAccount': '999999999999' },
  ],
  [
    's3.amazonaws.com',
    'sqs:SendMessage',
    arns.queue(intakeQueue),
    'announce the vault to intake',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': accountId },
  ],
  [
    's3.amazonaws.com',
    'kms:Decrypt',
    arns.key('Messages'),
    'use the key for another account',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': '999999999999' },
  ],
  [
    's3.amazonaws.com',
    'kms:Decrypt',
    arns.key('Data'),
    'use the key of the content by itself',
    { 'aws:SourceAccount': accountId },
  ],
  [
    'cloudwatch.amazonaws.com',
    'sns:Publish',
    arns.topic(),
    'publish for another account',
    { 'aws:SourceArn': 'arn:aws:cloudwatch:ap-south-1:999999999999:alarm:x', 'aws:SourceAccount': '999999999999' },
  ],
  ['events.amazonaws.com', 'sns:Publish', arns.topic(), 'publish to the alarms', { 'aws:SourceAccount': accountId }],
  [
    'events.amazonaws.com',
    'kms:Decrypt',
    arns.key('Messages'),
    'use the key of the alarms',
    { 'aws:SourceAccount': accountId },
  ],
  [
    'logging.s3.amazonaws.com',
    's3:PutObject',
    arns.logs('vault/x'),
    'deliver the logs of another account',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': '999999999999' },
  ],
  [
    'logging.s3.amazonaws.com',
    's3:PutObject',
    arns.logs('landing/x'),
    'deliver under another prefix',
    { 'aws:SourceArn': arns.bucket('Vault'), 'aws:SourceAccount': accountId },
  ],
];

/** Everything that the policies are asked, with the answer that they have to give. */
export const expectations: readonly Expectation[] = [
  ...abilities.map(expect(true)),
  ...[...signing, ...limits, ...strangers].map(expect(false)),
  ...(['Intake', 'Catalog', 'Undelete', 'Api'] as const).flatMap((who) =>
    forbidden.map(([action, resource, title, context]) => expect(false)([who, action, resource, title, context])),
  ),
];
