import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { abortIncompleteUploads, expireAll, removeExpiredMarkers } from './lifecycle.ts';
import { ProtectedBucket } from './protected-bucket.ts';

export interface ScratchBucketProps {
  readonly deployment: Deployment;
  readonly key: IKey;
  readonly accessLogs: ProtectedBucket;
}

/** Opened copies and other things for a day; never replicated, never backed up. */
export class ScratchBucket extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, { deployment, key, accessLogs }: ScratchBucketProps) {
    super(scope, id);
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'scratch',
      key,
      accessLogs,
      rules: [expireAll('ExpireScratch', 1), abortIncompleteUploads(), removeExpiredMarkers()],
    });
    acknowledge(this, {
      ids: ['NIST.800.53.R5-S3BucketReplicationEnabled', 'HIPAA.Security-S3BucketReplicationEnabled'],
      reason: 'Opened copies live for a day and must not be in a second place',
    });
  }
}
