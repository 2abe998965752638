import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { type CopyState, judgeCopy } from '../../core/doctor/after.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import type { OperatorTarget } from '../operator/operator-target.ts';
import { look } from './look.ts';

/** Are the copies in the second region still kept? The guard of the home region does not look at them. */
export const checkCopies = (target: OperatorTarget): readonly Promise<readonly Finding[]>[] =>
  ([target.buckets.vault, target.buckets.audit] as const).map((home) => {
    const bucket = home.replace(target.region, target.secondRegion);
    return look(`copy ${bucket}`, async () => judgeCopy(bucket, await copyState(target, bucket)));
  });

const copyState = async ({ aws, secondRegion }: OperatorTarget, Bucket: string): Promise<CopyState> => {
  const s3 = new S3Client(aws(secondRegion));
  const [versioning, encryption, access, policy] = await Promise.all([
    s3.send(new GetBucketVersioningCommand({ Bucket })),
    unlessAbsent(() => s3.send(new GetBucketEncryptionCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetPublicAccessBlockCommand({ Bucket }))),
    unlessAbsent(() => s3.send(new GetBucketPolicyCommand({ Bucket }))),
  ]);
  const blocks = access?.PublicAccessBlockConfiguration;
  const kinds = ['BlockPublicAcls', 'BlockPublicPolicy', 'IgnorePublicAcls', 'RestrictPublicBuckets'] as const;
  return {
    versioning: versioning.Status,
    encryption:
      encryption?.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm,
    open: kinds.filter((kind) => blocks?.[kind] !== true),
    denials: policy?.Policy?.match(/"Effect"\s*:\s*"Deny"/g)?.length ?? 0,
  };
};

/** S3 answers 404 for a setting that a bucket does not have; a bucket that is gone is a failure of its own. */
const unlessAbsent = async <Answer>(ask: () => Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await ask();
  } catch (error) {
    const status = Object(Object(error)['$metadata'])['httpStatusCode'];
    if (status === 404 && error instanceof Error && error.name !== 'NoSuchBucket') return undefined;
    throw error;
  }
};
