import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import type { DataClass } from '../../core/data-class.ts';
import { acknowledge } from './acknowledge.ts';
import {
  abortIncompleteUploads,
  archiveRules,
  classRules,
  expireNoncurrent,
  removeExpiredMarkers,
} from './lifecycle.ts';
import type { NotifiedQueue } from './notified-queue.ts';
import { ProtectedBucket } from './protected-bucket.ts';
import { replicateVault } from './replication.ts';
import type { ReplicationRole } from './replication-role.ts';

export interface VaultBucketProps {
  readonly deployment: Deployment;
  readonly dataClasses: readonly DataClass[];
  readonly key: IKey;
  readonly accessLogs: ProtectedBucket;
  /** Told of everything that changes which versions exist, and of what becomes of them. */
  readonly catalog: NotifiedQueue;
  /** Copies what is written here to the second region. */
  readonly replication: ReplicationRole;
}

const events = [
  's3:ObjectCreated:*',
  's3:ObjectRemoved:*',
  's3:ObjectRestore:*',
  's3:LifecycleExpiration:*',
  's3:LifecycleTransition',
  's3:Replication:*',
  // A tag sends an object to the archive.
  's3:ObjectTagging:*',
];

/** Everything verified. What lies here is the truth that the catalog is computed from. */
export class VaultBucket extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, props: VaultBucketProps) {
    super(scope, id);
    const { deployment, key, accessLogs, catalog, replication } = props;
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'vault',
      key,
      accessLogs,
      objectLock: { objectLockEnabled: 'Enabled' },
      rules: vaultRules(props),
      notifications: {
        // AWS Backup switches EventBridge on by itself; a template without it would switch it off again.
        eventBridgeConfiguration: { eventBridgeEnabled: true },
        queueConfigurations: events.map((event) => ({ event, queue: catalog.queue.queueArn })),
      },
      after: [catalog.admitsBucket],
      replication: replicateVault(props, replication.roleArn),
      ...(deployment.corsOrigins.length > 0 && { cors: downloadsTo(deployment.corsOrigins) }),
    });
    acknowledge(this, numberForText);
  }
}

/** Where a lifecycle rule has a limit of size. */
export const numberForText = {
  ids: ['CloudFormation-Validate::W9003'],
  reason: 'ObjectSizeGreaterThan is a number in CDK and text in the schema; CloudFormation takes both',
};

/**
 * What becomes of versions as time goes by, in each of the two regions by itself: no deletion of a version and no delete marker
 * of a lifecycle rule is ever replicated.
 *
 * `journal/` has no rule of its own: its old versions are the history of what people wrote.
 */
export const vaultRules = ({
  deployment,
  dataClasses,
}: Pick<VaultBucketProps, 'deployment' | 'dataClasses'>): CfnBucket.RuleProperty[] => [
  ...dataClasses.flatMap((dataClass) => classRules(dataClass, deployment.noncurrentRetention)),
  expireNoncurrent('facts', 'facts/', deployment.noncurrentRetention),
  expireNoncurrent('packs', 'packs/', deployment.noncurrentRetention),
  ...archiveRules(),
  abortIncompleteUploads(),
  removeExpiredMarkers(),
];

/** Web pages that play and show what presigned URLs lead to. */
export const downloadsTo = (origins: readonly string[]): CfnBucket.CorsConfigurationProperty => ({
  corsRules: [
    {
      allowedOrigins: [...origins],
      allowedMethods: ['GET'],
      allowedHeaders: ['range'],
      exposedHeaders: ['ETag', 'Content-Range', 'Content-Disposition', 'x-amz-request-id'],
      maxAge: 600,
    },
  ],
});
