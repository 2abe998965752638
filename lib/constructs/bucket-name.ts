import { Aws } from 'aws-cdk-lib';
import type { Deployment } from '../../config/deployment.ts';

/** The five buckets of a deployment. */
export type BucketPart = 'landing' | 'vault' | 'scratch' | 'audit' | 'logs';

/**
 * The physical name of a bucket, from pseudo parameters: policies of queues and keys name a bucket by this string, because
 * a reference to the bucket from what the bucket needs would be a cycle.
 */
export const bucketName = ({ name, bucketNamespace }: Deployment, part: BucketPart): string => {
  const globalName = `${name}-${part}-${Aws.ACCOUNT_ID}-${Aws.REGION}`;
  return bucketNamespace === 'account-regional' ? `${globalName}-an` : globalName;
};

/** The ARN of a bucket, or of what matches the key pattern in it. */
export const bucketArn = (deployment: Deployment, part: BucketPart, keys?: string): string => {
  const arn = `arn:aws:s3:::${bucketName(deployment, part)}`;
  return keys === undefined ? arn : `${arn}/${keys}`;
};
