import { hash } from 'node:crypto';
import { isoTime } from '../../../core/time.ts';
import type { Caller } from '../../aws/caller.ts';
import type { S3Core } from '../core.ts';
import { serviceActor } from '../events/announce.ts';
import { commitContent } from '../objects/commit-object.ts';
import type { Bucket } from '../store/buckets.ts';
import { bucketOfJob, requireOfRole } from './batch-role.ts';
import type { ManifestLine } from './checksum-manifest.ts';
import type { BatchReport, ChecksumJob } from './job.ts';

/** What became of one object of a manifest. */
export interface TaskResult extends ManifestLine {
  readonly status: 'succeeded' | 'failed';
  readonly message: string;
}

/** Writes what became of each object: a CSV for what succeeded and one for what failed, and a list of both. */
export const writeReport = (
  core: S3Core,
  caller: Caller,
  props: { readonly job: ChecksumJob; readonly report: BatchReport; readonly results: readonly TaskResult[] },
): void => {
  const { job, report, results } = props;
  const bucket = bucketOfJob(core, report.bucket, job.region);
  const folder = `${report.prefix === undefined ? '' : `${report.prefix}/`}job-${job.id}`;
  const statuses = report.scope === 'AllTasks' ? (['succeeded', 'failed'] as const) : (['failed'] as const);
  const files = statuses.flatMap((status) => {
    const ofStatus = results.filter((result) => result.status === status);
    if (ofStatus.length === 0) return [];
    const body = ofStatus.map(csvLine).join('');
    const key = `${folder}/results/${hash('sha1', `${job.id} ${status}`)}.csv`;
    put(core, caller, bucket, key, body);
    return [{ TaskExecutionStatus: status, Bucket: bucket.name, MD5Checksum: hash('md5', body), Key: key }];
  });
  const manifest = {
    Format: 'Report_CSV_20180820',
    ReportCreationDate: isoTime(core.clock.now()),
    Results: files,
    ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
  };
  put(core, caller, bucket, `${folder}/manifest.json`, JSON.stringify(manifest));
};

/** Of a task, S3 writes the status before the error's code, whatever its schema says. */
const csvLine = ({ bucket, writtenKey, versionId = '', status, message }: TaskResult): string => {
  const code = status === 'failed' ? 'PermanentFailure' : '';
  return `${[bucket, writtenKey, versionId, status, '200', code, `"${message.replaceAll('"', '""')}"`].join(',')}\n`;
};

/** S3 encrypts its reports with keys of its own and says so: a bucket that wants another key takes none. */
const put = (core: S3Core, caller: Caller, bucket: Bucket, key: string, body: string): void => {
  const context = { 's3:x-amz-server-side-encryption': 'AES256' };
  requireOfRole(core, caller, { bucket, key, action: 's3:PutObject', context });
  const content = Buffer.from(body);
  commitContent(core, {
    bucket,
    object: {
      key,
      size: content.length,
      etag: hash('md5', content),
      detail: {
        headers: { 'content-type': key.endsWith('.json') ? 'application/json' : 'text/csv' },
        metadata: {},
        storageClass: 'STANDARD',
        segments: content.length === 0 ? [] : [[core.blobs.put([content]), content.length]],
        encryption: { algorithm: 'AES256' },
        tags: {},
      },
    },
    conditions: { ifAbsent: false, ifMatch: undefined },
    event: 'ObjectCreated:Put',
    actor: serviceActor(core.newId()),
  });
};
