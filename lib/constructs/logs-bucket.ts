import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../../config/deployment.ts';
import { acknowledge } from './acknowledge.ts';
import { type BucketPart, bucketArn } from './bucket-name.ts';
import { abortIncompleteUploads, expireAll, removeExpiredMarkers } from './lifecycle.ts';
import { ProtectedBucket } from './protected-bucket.ts';

export interface LogsBucketProps {
  readonly deployment: Deployment;
  /** The buckets whose log is delivered here. @default all of the home region */
  readonly sources?: readonly BucketPart[];
}

const homeSources: readonly BucketPart[] = ['landing', 'vault', 'scratch', 'audit'];

/** Who read and wrote what in the other buckets. SSE-S3 and without lock, because S3 delivers its logs nowhere else. */
export class LogsBucket extends Construct {
  readonly bucket: ProtectedBucket;

  constructor(scope: Construct, id: string, { deployment, sources = homeSources }: LogsBucketProps) {
    super(scope, id);
    this.bucket = new ProtectedBucket(this, 'Default', {
      deployment,
      part: 'logs',
      rules: [expireAll('ExpireLogs', deployment.logRetentionDays), abortIncompleteUploads(), removeExpiredMarkers()],
      statements: sources.map((part) => delivery(deployment, part)),
    });
    acknowledge(this, logsOfLogs, deliveryNeedsSseS3, logsStayHere);
  }
}

const logsOfLogs = {
  ids: ['AwsSolutions-S1', 'NIST.800.53.R5-S3BucketLoggingEnabled', 'HIPAA.Security-S3BucketLoggingEnabled'],
  reason: 'A log of the log bucket would be delivered into itself',
};

const deliveryNeedsSseS3 = {
  ids: ['NIST.800.53.R5-S3DefaultEncryptionKMS', 'HIPAA.Security-S3DefaultEncryptionKMS'],
  reason: 'S3 delivers access logs only into buckets with SSE-S3',
};

const logsStayHere = {
  ids: ['NIST.800.53.R5-S3BucketReplicationEnabled', 'HIPAA.Security-S3BucketReplicationEnabled'],
  reason: 'Access logs are evidence of their own region and expire; nothing is rebuilt from them',
};

const delivery = (deployment: Deployment, part: BucketPart): PolicyStatement =>
  new PolicyStatement({
    sid: `Deliver${part.charAt(0).toUpperCase()}${part.slice(1)}`,
    principals: [new ServicePrincipal('logging.s3.amazonaws.com')],
    actions: ['s3:PutObject'],
    resources: [bucketArn(deployment, 'logs', `${part}/*`)],
    conditions: {
      ArnEquals: { 'aws:SourceArn': bucketArn(deployment, part) },
      StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
    },
  });
