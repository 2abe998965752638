import type { S3Core } from '../core.ts';
import { orFail, ReplicationFailure } from '../replication/failure.ts';
import { authorizeFor } from '../replication/rights.ts';
import { ruleFor } from '../replication/rule.ts';
import type { CopyNow } from '../replication/worker.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes } from '../store/row.ts';
import { batchService } from './batch-role.ts';
import type { BatchJobs, ReplicationJob } from './job.ts';

export interface RunDeps {
  readonly core: S3Core;
  readonly jobs: BatchJobs;
  readonly copyNow: CopyNow;
}

const pageSize = 100;

/** Works through a page of an active job; answers the job as it stands then. A region that is lost keeps it where it is. */
export const runPage = async (deps: RunDeps, job: ReplicationJob): Promise<ReplicationJob> => {
  const { core, jobs } = deps;
  const end = (status: 'Complete' | 'Failed', reason?: string): ReplicationJob => {
    const ended = { ...job, status, endedAt: core.clock.now(), ...(reason !== undefined && { reason }) };
    jobs.put(ended);
    return ended;
  };
  const source = core.buckets.find(job.sourceBucket);
  if (source?.configuration.replication === undefined) {
    return end('Failed', 'The source bucket does not exist, or it has no replication.');
  }
  const refusal = refused(core, job, source);
  if (refusal !== undefined) return end('Failed', refusal);
  const range = { from: keyBytes(job.after?.key ?? ''), after: false, to: undefined };
  const page = core.versions.all(source.id, range, job.after?.seq, pageSize);
  let next = job;
  for (const version of page) {
    const outcome = matches(job, source, version) ? await replicate(deps, job, source, version) : 'skipped';
    // What cannot be decided at present is where the next look begins.
    if (outcome === 'held-up') break;
    next = { ...next, after: { key: version.key, seq: version.seq }, ...counted(next, outcome) };
  }
  const current = jobs.find(job.id);
  if (current?.status !== 'Active') return { ...next, status: current?.status ?? 'Cancelled' };
  jobs.put(next);
  if (page.length < pageSize && next.after?.seq === page.at(-1)?.seq) {
    job = next;
    return end('Complete');
  }
  return next;
};

const counted = (job: ReplicationJob, outcome: 'skipped' | 'succeeded' | 'failed') =>
  outcome === 'skipped' ? {} : { total: job.total + 1, [outcome]: job[outcome] + 1 };

/** The role has to be for batch jobs, and may make a manifest of the bucket. */
const refused = (core: S3Core, { roleArn }: ReplicationJob, source: Bucket): string | undefined => {
  try {
    const caller = orFail('AssumeRoleNotPermitted', () => core.assumeRole(roleArn, { service: batchService }));
    for (const action of ['s3:GetReplicationConfiguration', 's3:PutInventoryConfiguration']) {
      orFail('SrcGetObjectNotPermitted', () => authorizeFor(core, caller, { bucket: source, action }));
    }
    return undefined;
  } catch (error) {
    if (error instanceof ReplicationFailure) return error.message;
    throw error;
  }
};

const matches = ({ filter }: ReplicationJob, { configuration }: Bucket, version: ObjectVersion): boolean => {
  const { statuses, prefixes, createdAfter = 0, createdBefore = Number.POSITIVE_INFINITY } = filter;
  const status = version.detail.replication ?? 'NONE';
  return (
    (statuses.length === 0 || statuses.includes(status)) &&
    (prefixes.length === 0 || prefixes.some((prefix) => version.key.startsWith(prefix))) &&
    version.modified >= createdAfter &&
    version.modified < createdBefore &&
    ruleFor(configuration.replication, version) !== undefined
  );
};

const replicate = async (
  { core, copyNow }: RunDeps,
  { roleArn }: ReplicationJob,
  source: Bucket,
  version: ObjectVersion,
): Promise<'succeeded' | 'failed' | 'held-up'> => {
  try {
    const caller = orFail('AssumeRoleNotPermitted', () => core.assumeRole(roleArn, { service: batchService }));
    orFail('SrcGetObjectNotPermitted', () =>
      authorizeFor(core, caller, { bucket: source, action: 's3:InitiateReplication', version }),
    );
  } catch (error) {
    if (error instanceof ReplicationFailure) return 'failed';
    throw error;
  }
  const status = await copyNow(source, version);
  return status === 'COMPLETED' ? 'succeeded' : status === 'FAILED' ? 'failed' : 'held-up';
};
