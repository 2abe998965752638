import { AwsError } from '../../aws/aws-error.ts';
import { requirePermission } from '../objects/permission.ts';
import type { BucketOperation } from '../operation.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import type { BucketConfiguration } from './configuration.ts';

/** Answers one configuration of a bucket, or the error that S3 has for its absence. */
interface ConfigurationAnswer {
  readonly action: string;
  readonly xml: (configuration: BucketConfiguration, bucketArn: string) => string;
}

/** Makes the operation that answers a configuration. */
export const answerConfiguration =
  ({ action, xml }: ConfigurationAnswer) =>
  ({ core, request, response, bucket }: BucketOperation): void => {
    requirePermission(core, request, bucket, { action });
    sendXml(response, xml(bucket.configuration, bucket.arn));
  };

/** `GET /{bucket}?encryption` */
export const getBucketEncryption = answerConfiguration({
  action: 's3:GetEncryptionConfiguration',
  xml: ({ encryption, blockedEncryption }) =>
    xmlDocument(
      'ServerSideEncryptionConfiguration',
      element(
        'Rule',
        element(
          'ApplyServerSideEncryptionByDefault',
          textElement('SSEAlgorithm', encryption.algorithm),
          textElement('KMSMasterKeyID', encryption.keyId),
        ),
        textElement('BucketKeyEnabled', encryption.bucketKey),
        element('BlockedEncryptionTypes', ...blockedEncryption.map((type) => textElement('EncryptionType', type))),
      ),
    ),
});

/** `GET /{bucket}?publicAccessBlock` */
export const getPublicAccessBlock = answerConfiguration({
  action: 's3:GetBucketPublicAccessBlock',
  xml: ({ publicAccessBlock: block }) =>
    xmlDocument(
      'PublicAccessBlockConfiguration',
      textElement('BlockPublicAcls', block.blockPublicAcls),
      textElement('IgnorePublicAcls', block.ignorePublicAcls),
      textElement('BlockPublicPolicy', block.blockPublicPolicy),
      textElement('RestrictPublicBuckets', block.restrictPublicBuckets),
    ),
});

/** `GET /{bucket}?ownershipControls` */
export const getOwnershipControls = answerConfiguration({
  action: 's3:GetBucketOwnershipControls',
  xml: ({ ownership }) => xmlDocument('OwnershipControls', element('Rule', textElement('ObjectOwnership', ownership))),
});

/** `GET /{bucket}?cors` */
export const getBucketCors = answerConfiguration({
  action: 's3:GetBucketCORS',
  xml: ({ cors }) => {
    if (cors.length === 0) throw missing('NoSuchCORSConfiguration', 'The CORS configuration does not exist');
    const list = (name: string, values: readonly string[]): string =>
      values.map((value) => textElement(name, value)).join('');
    return xmlDocument(
      'CORSConfiguration',
      ...cors.map((rule) =>
        element(
          'CORSRule',
          textElement('ID', rule.id),
          list('AllowedOrigin', rule.allowedOrigins),
          list('AllowedMethod', rule.allowedMethods),
          list('AllowedHeader', rule.allowedHeaders),
          list('ExposeHeader', rule.exposedHeaders),
          textElement('MaxAgeSeconds', rule.maxAgeSeconds),
        ),
      ),
    );
  },
});

/** `GET /{bucket}?notification` */
export const getBucketNotification = answerConfiguration({
  action: 's3:GetBucketNotification',
  xml: ({ notifications, eventBridge }) =>
    xmlDocument(
      'NotificationConfiguration',
      ...notifications.map(({ id, queueArn, events, prefix, suffix }) => {
        const rule = (name: string, value: string): string =>
          value === '' ? '' : element('FilterRule', textElement('Name', name), textElement('Value', value));
        const rules = rule('Prefix', prefix) + rule('Suffix', suffix);
        return element(
          'QueueConfiguration',
          textElement('Id', id),
          textElement('Queue', queueArn),
          ...events.map((event) => textElement('Event', event)),
          rules === '' ? '' : element('Filter', element('S3Key', rules)),
        );
      }),
      eventBridge ? '<EventBridgeConfiguration/>' : '',
    ),
});

/** `GET /{bucket}?tagging` */
export const getBucketTagging = answerConfiguration({
  action: 's3:GetBucketTagging',
  xml: ({ tags }) => {
    if (Object.keys(tags).length === 0) throw missing('NoSuchTagSet', 'The TagSet does not exist');
    const entries = Object.entries(tags).map(([key, value]) =>
      element('Tag', textElement('Key', key), textElement('Value', value)),
    );
    return xmlDocument('Tagging', element('TagSet', ...entries));
  },
});

/** `GET /{bucket}?logging` */
export const getBucketLogging = answerConfiguration({
  action: 's3:GetBucketLogging',
  xml: ({ logging }) =>
    xmlDocument(
      'BucketLoggingStatus',
      logging === undefined
        ? ''
        : element(
            'LoggingEnabled',
            textElement('TargetBucket', logging.bucket),
            textElement('TargetPrefix', logging.prefix ?? ''),
          ),
    ),
});

/** `GET /{bucket}?requestPayment` */
export const getBucketRequestPayment = answerConfiguration({
  action: 's3:GetBucketRequestPayment',
  xml: () => xmlDocument('RequestPaymentConfiguration', textElement('Payer', 'BucketOwner')),
});

const missing = (code: string, message: string): AwsError => new AwsError(code, 404, message);
