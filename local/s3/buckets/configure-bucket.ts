import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import type { S3Core } from '../core.ts';
import { testMessage } from '../events/event-message.ts';
import type { Bucket } from '../store/buckets.ts';
import { requireBucketName } from './bucket-name.ts';
import type { BucketConfiguration } from './configuration.ts';
import { defaultConfiguration } from './configuration.ts';
import { requireValidNotifications } from './notification.ts';

/** Makes a bucket or changes one. Queues that it newly notifies must take a test event, or nothing happens. */
export const configureBucket = (
  core: S3Core,
  { name, region }: { readonly name: string; readonly region: string },
  change: (before: BucketConfiguration) => BucketConfiguration,
): Bucket => {
  requireBucketName(name);
  const existing = core.buckets.find(name);
  if (existing !== undefined && existing.region !== region) {
    throw new AwsError('BucketAlreadyExists', 409, `The bucket ${name} exists in ${existing.region} already.`, {
      BucketName: name,
    });
  }
  const configuration = change(existing?.configuration ?? defaultConfiguration);
  requireConsistent(configuration);
  requireDestinations(core, name, configuration);
  testNewQueues(core, name, configuration, existing?.configuration);
  return existing === undefined
    ? core.buckets.create(name, region, configuration)
    : core.buckets.configure(existing, () => configuration);
};

const requireConsistent = (configuration: BucketConfiguration): void => {
  requireValidNotifications(configuration.notifications);
  if (configuration.objectLock !== undefined && configuration.versioning !== 'Enabled') {
    throw new AwsError('InvalidBucketState', 409, 'Object Lock needs a bucket whose versioning is enabled.');
  }
  if (configuration.replication !== undefined && configuration.versioning !== 'Enabled') {
    throw new AwsError(
      'InvalidRequest',
      400,
      "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    );
  }
};

/** S3 refuses a replication into nothing, into the bucket itself, and into a bucket that keeps no versions. */
const requireDestinations = (core: S3Core, name: string, { replication }: BucketConfiguration): void => {
  const arns = new Set(replication?.rules.map(({ destination }) => destination.bucketArn));
  if (arns.size > 1) throw notImplemented('replication of one bucket to several destinations');
  for (const arn of arns) {
    const destination = core.buckets.find(arn.slice('arn:aws:s3:::'.length));
    if (destination === undefined || destination.name === name) {
      throw new AwsError('InvalidRequest', 400, `Destination bucket must exist and be another one: ${arn}`);
    }
    if (destination.configuration.versioning !== 'Enabled') {
      throw new AwsError('InvalidRequest', 400, `Destination bucket must have versioning enabled: ${arn}`);
    }
  }
  const keyless = replication?.rules.find(
    ({ encryptedObjects, destination }) => encryptedObjects && !destination.replicaKeyId,
  );
  if (keyless !== undefined) {
    throw new AwsError(
      'InvalidRequest',
      400,
      `The rule ${keyless.id} selects SSE-KMS objects and names no ReplicaKmsKeyID`,
    );
  }
};

const testNewQueues = (
  core: S3Core,
  name: string,
  { notifications }: BucketConfiguration,
  before: BucketConfiguration | undefined,
): void => {
  const known = new Set(before?.notifications.map(({ queueArn }) => queueArn));
  const added = new Set(notifications.map(({ queueArn }) => queueArn).filter((queueArn) => !known.has(queueArn)));
  for (const queueArn of added) {
    try {
      core.outbox.test(queueArn, `arn:aws:s3:::${name}`, testMessage(name, core.clock.now(), core.newId()));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError(
        'InvalidArgument',
        400,
        `Unable to validate the following destination configurations: ${queueArn}: ${error.message}`,
      );
    }
  }
};
