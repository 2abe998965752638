import * as z from 'zod';
import type { WithoutLocalEffect } from '../../aws/resource-properties.ts';
import { templateBoolean, templateNumber, templateTags } from '../../aws/resource-properties.ts';
import { lifecycleProperty } from './lifecycle-property.ts';
import { replicationProperty } from './replication-property.ts';

const Encryption = z.strictObject({
  ServerSideEncryptionConfiguration: z.tuple([
    z.strictObject({
      BucketKeyEnabled: templateBoolean.optional(),
      ServerSideEncryptionByDefault: z.strictObject({
        SSEAlgorithm: z.enum(['AES256', 'aws:kms', 'aws:kms:dsse']),
        KMSMasterKeyID: z.string().optional(),
      }),
      BlockedEncryptionTypes: z.strictObject({ EncryptionType: z.array(z.enum(['SSE-C', 'NONE'])) }).optional(),
    }),
  ]),
});

const Retention = z.strictObject({
  Mode: z.enum(['GOVERNANCE', 'COMPLIANCE']),
  Days: templateNumber.optional(),
  Years: templateNumber.optional(),
});

const FilterRule = z.strictObject({ Name: z.string(), Value: z.string() });

const QueueConfiguration = z.strictObject({
  Event: z.string(),
  Queue: z.string(),
  Filter: z.strictObject({ S3Key: z.strictObject({ Rules: z.array(FilterRule) }) }).optional(),
});

const CorsRule = z.strictObject({
  Id: z.string().optional(),
  AllowedHeaders: z.array(z.string()).optional(),
  AllowedMethods: z.array(z.enum(['GET', 'PUT', 'POST', 'DELETE', 'HEAD'])),
  AllowedOrigins: z.array(z.string()),
  ExposedHeaders: z.array(z.string()).optional(),
  MaxAge: templateNumber.optional(),
});

/** The properties of `AWS::S3::Bucket` that have an effect here. */
export const bucketShape = {
  BucketName: z.string().optional(),
  BucketNamespace: z.enum(['account-regional', 'global']).optional(),
  BucketEncryption: Encryption.optional(),
  VersioningConfiguration: z.strictObject({ Status: z.enum(['Enabled', 'Suspended']) }).optional(),
  ObjectLockEnabled: templateBoolean.optional(),
  ObjectLockConfiguration: z
    .strictObject({
      ObjectLockEnabled: z.literal('Enabled').optional(),
      Rule: z.strictObject({ DefaultRetention: Retention }).optional(),
    })
    .optional(),
  LifecycleConfiguration: lifecycleProperty.optional(),
  NotificationConfiguration: z
    .strictObject({
      QueueConfigurations: z.array(QueueConfiguration).optional(),
      EventBridgeConfiguration: z.strictObject({ EventBridgeEnabled: templateBoolean.optional() }).optional(),
    })
    .optional(),
  CorsConfiguration: z.strictObject({ CorsRules: z.array(CorsRule) }).optional(),
  PublicAccessBlockConfiguration: z
    .strictObject({
      BlockPublicAcls: templateBoolean.optional(),
      BlockPublicPolicy: templateBoolean.optional(),
      IgnorePublicAcls: templateBoolean.optional(),
      RestrictPublicBuckets: templateBoolean.optional(),
    })
    .optional(),
  OwnershipControls: z
    .strictObject({
      Rules: z.tuple([z.strictObject({ ObjectOwnership: z.literal('BucketOwnerEnforced') })]),
    })
    .optional(),
  LoggingConfiguration: z
    .strictObject({ DestinationBucketName: z.string().optional(), LogFilePrefix: z.string().optional() })
    .optional(),
  ReplicationConfiguration: replicationProperty.optional(),
  Tags: templateTags.optional(),
};

/** Properties that are accepted and change nothing on one machine. */
export const bucketWithoutLocalEffect: WithoutLocalEffect = {
  AccelerateConfiguration: 'there is no distance between the client and the bucket to shorten',
  AbacStatus: 'policies see bucket tags only where they ask for them, and none of ours do',
  MetricsConfigurations: 'request metrics are paid CloudWatch metrics of S3 itself',
};

const BucketProperties = z.object(bucketShape);
export type BucketProperties = z.infer<typeof BucketProperties>;
