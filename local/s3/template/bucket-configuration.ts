import { hash } from 'node:crypto';
import type { BucketConfiguration, DefaultEncryption } from '../buckets/configuration.ts';
import { defaultConfiguration } from '../buckets/configuration.ts';
import type { QueueNotification } from '../buckets/notification.ts';
import type { BucketProperties } from './bucket-properties.ts';
import { lifecycleRule } from './lifecycle-property.ts';
import { replicationConfiguration } from './replication-property.ts';

/** What a template says of a bucket, as the bucket keeps it; the policy is a resource of its own and stays. */
export const templateConfiguration = (
  properties: BucketProperties,
  before: BucketConfiguration,
): BucketConfiguration => {
  const { LifecycleConfiguration: lifecycle, NotificationConfiguration: notification } = properties;
  const versioning = properties.VersioningConfiguration?.Status ?? before.versioning;
  return {
    ...(before.policy !== undefined && { policy: before.policy }),
    ...(versioning !== undefined && { versioning }),
    ...objectLock(properties),
    ...encryption(properties),
    lifecycle: lifecycle?.Rules.map(lifecycleRule) ?? [],
    transitionMinimum: lifecycle?.TransitionDefaultMinimumObjectSize ?? defaultConfiguration.transitionMinimum,
    notifications: (notification?.QueueConfigurations ?? []).map(queueNotification),
    eventBridge:
      notification?.EventBridgeConfiguration !== undefined &&
      notification.EventBridgeConfiguration.EventBridgeEnabled !== false,
    cors: (properties.CorsConfiguration?.CorsRules ?? []).map(corsRule),
    publicAccessBlock: publicAccessBlock(properties),
    ownership: properties.OwnershipControls?.Rules[0].ObjectOwnership ?? defaultConfiguration.ownership,
    ...logging(properties),
    ...(properties.ReplicationConfiguration !== undefined && {
      replication: replicationConfiguration(properties.ReplicationConfiguration),
    }),
    tags: properties.Tags ?? {},
  };
};

const objectLock = ({ ObjectLockEnabled: enabled, ObjectLockConfiguration: configuration }: BucketProperties) => {
  if (!enabled && configuration === undefined) return {};
  const rule = configuration?.Rule?.DefaultRetention;
  if (rule === undefined) return { objectLock: {} };
  const length = {
    ...(rule.Days !== undefined && { days: rule.Days }),
    ...(rule.Years !== undefined && { years: rule.Years }),
  };
  return { objectLock: { defaultRetention: { mode: rule.Mode, ...length } } };
};

const encryption = ({
  BucketEncryption: property,
}: BucketProperties): Pick<BucketConfiguration, 'encryption' | 'blockedEncryption'> => {
  const rule = property?.ServerSideEncryptionConfiguration[0];
  if (rule === undefined) return defaultConfiguration;
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: keyId } = rule.ServerSideEncryptionByDefault;
  const chosen: DefaultEncryption = {
    algorithm,
    ...(keyId !== undefined && { keyId }),
    bucketKey: rule.BucketKeyEnabled ?? false,
  };
  return {
    encryption: chosen,
    blockedEncryption: rule.BlockedEncryptionTypes?.EncryptionType ?? defaultConfiguration.blockedEncryption,
  };
};

const queueNotification = ({
  Event: event,
  Queue: queueArn,
  Filter: filter,
}: NonNullable<
  NonNullable<BucketProperties['NotificationConfiguration']>['QueueConfigurations']
>[number]): QueueNotification => {
  const rules = filter?.S3Key.Rules ?? [];
  const value = (name: string): string => rules.find((rule) => rule.Name.toLowerCase() === name)?.Value ?? '';
  const [prefix, suffix] = [value('prefix'), value('suffix')];
  const id = hash('sha256', JSON.stringify([event, queueArn, prefix, suffix])).slice(0, 32);
  return { id, queueArn, events: [event], prefix, suffix };
};

const corsRule = (rule: NonNullable<BucketProperties['CorsConfiguration']>['CorsRules'][number]) => ({
  ...(rule.Id !== undefined && { id: rule.Id }),
  allowedOrigins: rule.AllowedOrigins,
  allowedMethods: rule.AllowedMethods,
  allowedHeaders: rule.AllowedHeaders ?? [],
  exposedHeaders: rule.ExposedHeaders ?? [],
  ...(rule.MaxAge !== undefined && { maxAgeSeconds: rule.MaxAge }),
});

const publicAccessBlock = ({ PublicAccessBlockConfiguration: block }: BucketProperties) =>
  block === undefined
    ? defaultConfiguration.publicAccessBlock
    : {
        blockPublicAcls: block.BlockPublicAcls ?? false,
        blockPublicPolicy: block.BlockPublicPolicy ?? false,
        ignorePublicAcls: block.IgnorePublicAcls ?? false,
        restrictPublicBuckets: block.RestrictPublicBuckets ?? false,
      };

const logging = ({ LoggingConfiguration: configuration }: BucketProperties): Pick<BucketConfiguration, 'logging'> => {
  if (configuration === undefined) return {};
  const { DestinationBucketName: bucket, LogFilePrefix: prefix } = configuration;
  return { logging: { ...(bucket !== undefined && { bucket }), ...(prefix !== undefined && { prefix }) } };
};
