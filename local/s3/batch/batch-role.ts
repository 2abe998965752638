import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/caller.ts';
import type { S3Core } from '../core.ts';
import { authorizeFor, type Wanted } from '../replication/rights.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';

/** S3 Batch Operations, as a role trusts it. */
export const batchService = 'batchoperations.s3.amazonaws.com';

/** Requires of a job's role an action on an object, and for a version that is there, the use of its key. */
export const requireOfRole = (
  core: S3Core,
  caller: Caller,
  wanted: Omit<Wanted, 'version'> & { readonly key: string; readonly version?: ObjectVersion },
): void => {
  authorizeFor(core, caller, wanted);
  if (wanted.version !== undefined) requireKeyOf(core, caller, wanted.bucket, wanted.version);
};

const requireKeyOf = (core: S3Core, caller: Caller, bucket: Bucket, { key, detail }: ObjectVersion): void => {
  const { keyId, bucketKey } = detail.encryption;
  if (keyId === undefined) return;
  core.useKey({
    caller,
    keyId,
    action: 'kms:Decrypt',
    viaService: `s3.${bucket.region}.amazonaws.com`,
    encryptionContext: { 'aws:s3:arn': bucketKey ? bucket.arn : `${bucket.arn}/${key}` },
    region: bucket.region,
  });
};

/** The bucket of a job, which lies in the job's own region. */
export const bucketOfJob = (core: S3Core, name: string, region: string): Bucket => {
  const bucket = core.buckets.find(name);
  if (bucket?.region === region) return bucket;
  throw new AwsError('NoSuchBucket', 404, `There is no bucket ${name} in ${region}`);
};
