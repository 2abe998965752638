import { AwsError } from '../../aws/aws-error.ts';

/** Why S3 gave up a copy, as its event names it. */
export type FailureReason =
  | 'AssumeRoleNotPermitted'
  | 'DstBucketNotFound'
  | 'DstBucketObjectLockConfigMissing'
  | 'DstBucketUnversioned'
  | 'DstDelObjNotPermitted'
  | 'DstKmsKeyInvalidState'
  | 'DstKmsKeyNotFound'
  | 'DstPutObjectNotPermitted'
  | 'DstPutTaggingNotPermitted'
  | 'DstVersionNotFound'
  | 'SrcBucketReplicationConfigMissing'
  | 'SrcGetAclNotPermitted'
  | 'SrcGetObjectNotPermitted'
  | 'SrcGetTaggingNotPermitted'
  | 'SrcKmsKeyInvalidState'
  | 'SrcObjectNotEligible';

/** A copy that cannot be made until somebody changes something. */
export class ReplicationFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.name = 'ReplicationFailure';
    this.reason = reason;
  }
}

/** Runs a check and turns a refusal into the failure of a copy. */
export const orFail = <T>(reason: FailureReason, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (error instanceof AwsError) throw new ReplicationFailure(reason, `${error.code}: ${error.message}`);
    throw error;
  }
};

/** As {@link orFail}, for the use of a key, which can be missing or switched off as well. */
export const orFailByKey = <T>(side: 'Src' | 'Dst', work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new ReplicationFailure(keyReason(side, error.code), `${error.code}: ${error.message}`);
  }
};

const keyReason = (side: 'Src' | 'Dst', code: string): FailureReason => {
  if (/NotFound/.test(code)) return side === 'Dst' ? 'DstKmsKeyNotFound' : 'SrcKmsKeyInvalidState';
  if (/Disabled|InvalidState/.test(code)) return `${side}KmsKeyInvalidState`;
  return side === 'Dst' ? 'DstPutObjectNotPermitted' : 'SrcGetObjectNotPermitted';
};
