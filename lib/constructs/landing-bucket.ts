import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { landingPrefixes } from '../../core/key-layout.ts';
import { acknowledge } from './acknowledge.ts';
import { bucketArn } from './bucket-name.ts';
import { deny } from './bucket-policy.ts';
import { abortIncompleteUploads, expireAll, removeExpiredMarkers } from './lifecycle.ts';
import type { NotifiedQueue } from './notified-queue.ts';
import { ProtectedBucket } from './protected-bucket.ts';

export interface LandingBucketProps {
  readonly deployment: Deployment;
  readonly key: IKey;
  readonly accessLogs: ProtectedBucket;
  /** Told of every object that lands. */
  readonly intake: NotifiedQueue;
}

/** Headers that a signed upload has no business with, by the condition key that shows them. */
const foreignHeaders = {
  Acl: 's3:x-amz-acl',
  GrantFullControl: 's3:x-amz-grant-full-control',
  GrantRead: 's3:x-amz-grant-read',
  GrantReadAcp: 's3:x-amz-grant-read-acp',
  GrantWriteAcp: 's3:x-amz-grant-write-acp',
  Tagging: 's3:RequestObjectTagKeys',
  LockMode: 's3:object-lock-mode',
  RetainUntil: 's3:object-lock-retain-until-date',
  LegalHold: 's3:object-lock-legal-hold',
  Redirect: 's3:x-amz-website-redirect-location',
};

/**
 * Days until an upload gets a delete marker, and as many until its version goes. S3 counts each of them up to the midnight
 * that follows, so that a version, which intake reads by its id, stays for two days at least and is gone after four at most.
 */
const quarantineDays = 1;

/** Quarantine: presigned uploads arrive here and nowhere else, and what is not promoted is gone after two to four days. */
export class LandingBucket extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, { deployment, key, accessLogs, intake }: LandingBucketProps) {
    super(scope, id);
    const arn = bucketArn(deployment, 'landing');
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'landing',
      key,
      accessLogs,
      rules: [expireAll('ExpireQuarantine', quarantineDays), abortIncompleteUploads(), removeExpiredMarkers()],
      notifications: {
        queueConfigurations: Object.values(landingPrefixes).map((prefix) => ({
          event: 's3:ObjectCreated:*',
          queue: intake.queue.queueArn,
          filter: { s3Key: { rules: [{ name: 'prefix', value: prefix }] } },
        })),
      },
      after: [intake.admitsBucket],
      ...(deployment.corsOrigins.length > 0 && { cors: uploadsFrom(deployment.corsOrigins) }),
      accelerate: deployment.transferAcceleration,
      statements: [denyOverwrite(arn), ...denyForeignHeaders(arn)],
    });
    acknowledge(this, {
      ids: ['NIST.800.53.R5-S3BucketReplicationEnabled', 'HIPAA.Security-S3BucketReplicationEnabled'],
      reason:
        'Quarantine is neither copied nor kept: what is good is promoted within minutes, the rest is gone within 4 days',
    });
  }
}

const uploadsFrom = (origins: readonly string[]) => ({
  corsRules: [
    {
      allowedOrigins: [...origins],
      allowedMethods: ['PUT' as const, 'POST' as const],
      allowedHeaders: [
        'content-type',
        'if-none-match',
        'x-amz-checksum-sha256',
        'x-amz-meta-facts',
        'x-amz-server-side-encryption',
        'x-amz-server-side-encryption-aws-kms-key-id',
      ],
      exposedHeaders: ['ETag', 'x-amz-request-id'],
      maxAge: 600,
    },
  ],
});

/** A key under `put/` is written once; parts and the creation of a multipart upload cannot carry the header and are exempt. */
const denyOverwrite = (arn: string) =>
  deny({
    sid: 'DenyPutWithoutIfNoneMatch',
    actions: ['s3:PutObject'],
    resources: [`${arn}/${landingPrefixes.put}*`],
    conditions: { Null: { 's3:if-none-match': 'true' }, Bool: { 's3:ObjectCreationOperation': 'true' } },
  });

const denyForeignHeaders = (arn: string) => [
  deny({
    sid: 'DenyLateChanges',
    actions: [
      's3:PutObjectAcl',
      's3:PutObjectLegalHold',
      's3:PutObjectRetention',
      's3:PutObjectTagging',
      's3:PutObjectVersionAcl',
      's3:PutObjectVersionTagging',
    ],
    resources: [`${arn}/*`],
    conditions: {},
  }),
  ...Object.entries(foreignHeaders).map(([name, conditionKey]) =>
    deny({
      sid: `Deny${name}Header`,
      actions: ['s3:PutObject'],
      resources: [`${arn}/*`],
      conditions: { Null: { [conditionKey]: 'false' } },
    }),
  ),
];
