import { landingPrefixes } from '../../core/key-layout.ts';
import { accountId, arns, type Question, region } from './policy-world.ts';

/** A question with its answer. */
export interface Expectation extends Question {
  readonly title: string;
  readonly allowed: boolean;
}

export const via = (service: string, context: Record<string, string>) => ({
  'kms:ViaService': `${service}.${region}.amazonaws.com`,
  'kms:CallerAccount': accountId,
  ...context,
});
export const throughBucket = (id: string) => via('s3', { 'kms:EncryptionContext:aws:s3:arn': arns.bucket(id) });
export const throughCatalog = () =>
  via('dynamodb', { 'kms:EncryptionContext:aws:dynamodb:tableName': arns.catalog().split('/')[1] ?? '' });
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

export const newObject = { 's3:ObjectCreationOperation': 'true', 's3:if-none-match': '*' };
export const encrypted = {
  's3:x-amz-server-side-encryption': 'aws:kms',
  's3:x-amz-server-side-encryption-aws-kms-key-id': arns.key('Data'),
};
export const { put, post, multipart } = landingPrefixes;
export const intakeQueue = 'IntakeQueue4';
export const catalogQueue = 'CatalogQueueC';
