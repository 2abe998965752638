import { Aws } from 'aws-cdk-lib';
import type { Deployment } from '../../config/deployment.ts';

/** The five buckets of a deployment. */
export type BucketPart = 'landing' | 'vault' | 'scratch' | 'audit' | 'logs';

/**
 * The physical name of a bucket, from pseudo parameters: policies of queues and keys name a bucket by this string, because
 * a reference to the bucket from what the bucket needs would be a cycle. Its copy in the second region has the same name
 * with that region in it.
 */
export const bucketName = (
  { name, bucketNamespace }: Deployment,
  part: BucketPart,
  region: string = Aws.REGION,
): string => {
  const globalName = `${name}-${part}-${Aws.ACCOUNT_ID}-${region}`;
  return bucketNamespace === 'account-regional' ? `${globalName}-an` : globalName;
};

/** The ARN of a bucket, or of what matches the key pattern in it. */
export const bucketArn = (deployment: Deployment, part: BucketPart, keys?: string, region?: string): string => {
  const arn = `arn:aws:s3:::${bucketName(deployment, part, region)}`;
  return keys === undefined ? arn : `${arn}/${keys}`;
};
