import { AwsError } from '../../aws/aws-error.ts';

/** Refuses names that S3 refuses for general purpose buckets. */
export const requireBucketName = (name: string): void => {
  const wellFormed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name);
  const reserved = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|\.mrap|--x-s3|--table-s3)$/.test(name);
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (wellFormed && !reserved && !address && !name.includes('..')) return;
  throw new AwsError('InvalidBucketName', 400, 'The specified bucket is not valid.', { BucketName: name });
};

/** The ending that a name has which no other account can take: `-{account}-{region}-an`. */
export const accountRegionalSuffix = (accountId: string, region: string): string => `-${accountId}-${region}-an`;
