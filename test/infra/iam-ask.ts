import { jobKey } from '../../core/catalog/keys.ts';
import { landingPrefixes } from '../../core/key-layout.ts';
import { accountId, arns, arnsAbroad, region, secondRegion } from './policy-world.ts';
import type { Question, RoleName } from './policy-world-roles.ts';

export const via = (service: string, context: Record<string, string>) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
  'kms:CallerAccount': accountId,
  ...context,
});
export const throughBucket = (id: string) => via('s3', { 'kms:EncryptionContext:aws:s3:arn': arns.bucket(id) });
export const throughCatalog = () =>
  via('dynamodb', { 'kms:EncryptionContext:aws:dynamodb:tableName': arns.catalog().split('/')[1] ?? '' });
export const throughTable = (name: string) => via('dynamodb', { 'kms:EncryptionContext:aws:dynamodb:tableName': name });
export const inPartition = ({ pk }: { readonly pk: string }) => ({ 'dynamodb:LeadingKeys': [pk] });
export const throughQueue = (id: string) => via('sqs', { 'kms:EncryptionContext:aws:sqs:arn': arns.queue(id) });

/** A question in short: the answer is given for a whole list. */
export type Ask = readonly [
  who: Question['who'],
  action: string,
  resource: string,
  title: string,
  context?: Question['context'],
];

/** An action on a resource, and what it is for. */
export type Line = readonly [action: string, resource: string, title: string, context?: Question['context']];

/** What roles can do, and what of what lies near they cannot. */
export type Battery = {
  readonly [Role in RoleName]?: { readonly can: readonly Line[]; readonly cannot: readonly Line[] };
};

export const newObject = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
export const encrypted = {
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': arns.key('Data'),
};
export const { put, post, multipart } = landingPrefixes;
/** The key of the copies, which who has no id of it knows by its alias. */
export const throughCopies = (part: 'Vault' | 'Audit' = 'Vault', service = `s3.${secondRegion}.amazonaws.com`) => ({
  'kms:ViaService': service,
  'kms:CallerAccount': accountId,
  'kms:ResourceAliases': [`alias/mediakeep-replica-${part === 'Vault' ? '' : 'audit-'}${accountId}-${secondRegion}`],
  'kms:EncryptionContext:aws:s3:arn': arnsAbroad.bucket(part),
});
/** What a durable function does for its executions, and what every one does for its log and its job's row. */
export const durable = (who: 'Archive' | 'Hold' | 'Reconcile' | 'Recover' | 'Restore' | 'Sweep'): readonly Line[] => [
  ['lambda:CheckpointDurableExecution', arns.execution(who), 'write its checkpoints'],
  ['lambda:GetDurableExecutionState', arns.execution(who), 'read its checkpoints'],
  ['lambda:InvokeFunction', `${arns.function(who)}:live`, 'start its successor'],
  ['dynamodb:GetItem', arns.catalog(), 'read its job', inPartition(jobKey('acme', 'j'))],
  ['dynamodb:PutItem', arns.catalog(), 'keep its job', inPartition(jobKey('acme', 'j'))],
  ['kms:Decrypt', arns.key('Data'), 'open the catalog', throughCatalog()],
  ['sqs:SendMessage', arns.queue('JobDeadLetters'), 'leave what failed'],
  ['kms:GenerateDataKey', arns.key('Messages'), 'close what failed', throughQueue('JobDeadLetters')],
  ['logs:PutLogEvents', arns.logGroup(who), 'write its log'],
];
export const intakeQueue = 'IntakeQueue4';
export const catalogQueue = 'CatalogQueueC';
