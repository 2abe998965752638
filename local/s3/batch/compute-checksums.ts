import { digestOf } from '../../../core/checksums/digest.ts';
import { AwsError } from '../../aws/aws-error.ts';
import type { Caller } from '../../aws/caller.ts';
import type { S3Core } from '../core.ts';
import { slicesOf } from '../objects/send-content.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { batchService, bucketOfJob, requireOfRole } from './batch-role.ts';
import { type ManifestLine, readManifest } from './checksum-manifest.ts';
import { type TaskResult, writeReport } from './checksum-report.ts';
import type { BatchJob, BatchJobs, ChecksumJob } from './job.ts';

export interface ChecksumDeps {
  readonly core: S3Core;
  readonly jobs: BatchJobs;
}

/**
 * Does a whole job: reads the bytes that the manifest names, also those in an archive, and tells in the report what they make.
 * Nothing is written before the end, so a job that a killed process had begun is begun again.
 */
export const computeChecksums = async ({ core, jobs }: ChecksumDeps, job: ChecksumJob): Promise<void> => {
  try {
    const caller = core.assumeRole(job.roleArn, { service: batchService });
    const results: TaskResult[] = [];
    for (const line of await readManifest(core, caller, job)) {
      results.push(await compute(core, caller, job, line));
      // Cancelled, or its region lost meanwhile: it ends, or begins again later.
      if (jobs.find(job.id)?.status !== 'Active' || core.isDown(job.region)) return;
    }
    if (job.report !== undefined) writeReport(core, caller, { job, report: job.report, results });
    const failed = results.filter(({ status }) => status === 'failed').length;
    end(core, jobs, { ...job, total: results.length, succeeded: results.length - failed, failed, status: 'Complete' });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    end(core, jobs, { ...job, status: 'Failed', reason: `${error.code}: ${error.message}` });
  }
};

const end = (core: S3Core, jobs: BatchJobs, job: BatchJob): void => jobs.put({ ...job, endedAt: core.clock.now() });

const compute = async (
  core: S3Core,
  caller: Caller,
  { algorithm, region }: ChecksumJob,
  line: ManifestLine,
): Promise<TaskResult> => {
  try {
    const bucket = bucketOfJob(core, line.bucket, region);
    const action = line.versionId === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
    const version =
      line.versionId === undefined
        ? core.versions.current(bucket.id, line.key)
        : core.versions.find(bucket.id, line.key, line.versionId);
    requireOfRole(core, caller, { bucket, key: line.key, action, ...(version && { version }) });
    if (version === undefined || version.marker) throw new AwsError('NoSuchKey', 404, 'Key not found');
    const base64 = await digestOf(algorithm, contentOf(core, version));
    return { ...line, status: 'succeeded', message: successMessage(algorithm, base64, version) };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = JSON.stringify({ failureMessage: error.message, errorCode: String(error.status) });
    return { ...line, status: 'failed', message: `error details: ${message}` };
  }
};

/** S3 writes an equals sign in its messages as JSON may. */
const successMessage = (checksumAlgorithm: string, base64: string, { etag }: ObjectVersion): string =>
  JSON.stringify({
    checksum_base64: base64,
    etag,
    checksumAlgorithm,
    checksumType: 'FULL_OBJECT',
    checksum_hex: Buffer.from(base64, 'base64').toString('hex').toUpperCase(),
  }).replaceAll('=', '\\u003d');

async function* contentOf(core: S3Core, { detail, size }: ObjectVersion): AsyncGenerator<Uint8Array> {
  const release = core.garbage.hold();
  try {
    for (const { blob, start, end: last } of slicesOf(detail.segments, { start: 0, end: size - 1 })) {
      yield* core.blobs.stream(blob, start, last);
    }
  } finally {
    release();
  }
}
