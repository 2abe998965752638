import { CreateJobCommand, DescribeJobCommand, type S3ControlClient } from '@aws-sdk/client-s3-control';

/** What is to be copied that replication has not copied. */
export interface BatchReplication {
  readonly accountId: string;
  /** Starts one job however often it is asked with this. */
  readonly token: string;
  readonly bucket: string;
  /** The role of the stack's output `BatchReplicationRoleArn`. */
  readonly roleArn: string;
  /** `NONE`: from before the rule; `FAILED`: given up. @default both */
  readonly statuses?: readonly ('NONE' | 'FAILED')[];
  /** @default all keys */
  readonly prefixes?: readonly string[];
}

/** How far a batch replication is. */
export interface BatchReplicationState {
  /** As S3 names it: `Active`, `Complete`, `Failed`, … */
  readonly status: string;
  readonly total: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly reason?: string;
}

/** Starts a job of S3 that copies what has no copy yet; answers its id. S3 works on it by itself, for hours if need be. */
export const startBatchReplication = async (
  client: S3ControlClient,
  { accountId, token, bucket, roleArn, statuses = ['NONE', 'FAILED'], prefixes = [] }: BatchReplication,
): Promise<string> => {
  const { JobId } = await client.send(
    new CreateJobCommand({
      AccountId: accountId,
      ClientRequestToken: token,
      Operation: { S3ReplicateObject: {} },
      Description: `copy what has no copy: ${statuses.join(', ')}`,
      Priority: 10,
      RoleArn: roleArn,
      ConfirmationRequired: false,
      Report: { Enabled: false },
      ManifestGenerator: {
        S3JobManifestGenerator: {
          SourceBucket: `arn:aws:s3:::${bucket}`,
          EnableManifestOutput: false,
          Filter: {
            EligibleForReplication: true,
            ObjectReplicationStatuses: [...statuses],
            ...(prefixes.length > 0 && { KeyNameConstraint: { MatchAnyPrefix: [...prefixes] } }),
          },
        },
      },
    }),
  );
  if (JobId === undefined) throw new Error('S3 named no batch job.');
  return JobId;
};

/** Asks how far a job is. */
export const batchReplicationState = async (
  client: S3ControlClient,
  accountId: string,
  jobId: string,
): Promise<BatchReplicationState> => {
  const { Job } = await client.send(new DescribeJobCommand({ AccountId: accountId, JobId: jobId }));
  const progress = Job?.ProgressSummary;
  const reason = Job?.FailureReasons?.[0]?.FailureReason;
  return {
    status: Job?.Status ?? 'Unknown',
    total: progress?.TotalNumberOfTasks ?? 0,
    succeeded: progress?.NumberOfTasksSucceeded ?? 0,
    failed: progress?.NumberOfTasksFailed ?? 0,
    ...(reason !== undefined && { reason }),
  };
};
