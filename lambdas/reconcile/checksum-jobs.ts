import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CreateJobCommand, DescribeJobCommand, type S3ControlClient } from '@aws-sdk/client-s3-control';
import { awsFailure, namedFailure } from '../shared/aws-failure.ts';
import { ReportableError } from '../shared/error-fields.ts';
import { manifestOf, parseReport } from './checksum-csv.ts';
import type { ChecksumJobs } from './ports.ts';

export interface ChecksumJobsProps {
  readonly s3: S3Client;
  readonly control: S3ControlClient;
  readonly accountId: string;
  readonly vault: string;
  /** Where manifests lie for a day, and under which prefix. */
  readonly manifests: { readonly bucket: string; readonly prefix: string };
  /** Where S3 puts its reports, which it encrypts with keys of its own only. */
  readonly reports: { readonly bucket: string; readonly prefix: string };
  /** What S3 reads and writes with. */
  readonly roleArn: string;
}

/** Jobs of S3 Batch Operations that compute checksums where the bytes lie, whatever their size. */
export const checksumJobs = (props: ChecksumJobsProps): ChecksumJobs => ({
  async begin({ name, algorithm, versions }) {
    const key = `${props.manifests.prefix}${name}.csv`;
    const etag = await putOnce(props, key, manifestOf(props.vault, versions));
    try {
      const { JobId } = await props.control.send(
        new CreateJobCommand({
          AccountId: props.accountId,
          // The same job however often a step is done.
          ClientRequestToken: name,
          Operation: { S3ComputeObjectChecksum: { ChecksumAlgorithm: algorithm, ChecksumType: 'FULL_OBJECT' } },
          Manifest: {
            Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
            Location: { ObjectArn: `arn:aws:s3:::${props.manifests.bucket}/${key}`, ETag: etag },
          },
          Report: {
            Enabled: true,
            Bucket: `arn:aws:s3:::${props.reports.bucket}`,
            Prefix: props.reports.prefix,
            Format: 'Report_CSV_20180820',
            ReportScope: 'AllTasks',
            ExpectedBucketOwner: props.accountId,
          },
          Priority: 10,
          RoleArn: props.roleArn,
          ConfirmationRequired: false,
        }),
      );
      if (JobId === undefined) throw new ReportableError('S3 named no batch job.');
      return JobId;
    } catch (error) {
      throw error instanceof ReportableError ? error : namedFailure(error, 'CreateJob');
    }
  },
  async state(jobId) {
    try {
      const { Job } = await props.control.send(new DescribeJobCommand({ AccountId: props.accountId, JobId: jobId }));
      if (Job?.Status === 'Complete') return 'complete';
      return Job?.Status === 'Failed' || Job?.Status === 'Cancelled' ? 'failed' : 'running';
    } catch (error) {
      throw namedFailure(error, 'DescribeJob');
    }
  },
  async results(jobId) {
    const { bucket, prefix } = props.reports;
    const folder = `${prefix}/job-${jobId}/results/`;
    try {
      const { Contents = [] } = await props.s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: folder }));
      const files = await Promise.all(Contents.map(({ Key }) => readText(props.s3, bucket, Key)));
      return files.flatMap(parseReport);
    } catch (error) {
      throw error instanceof ReportableError ? error : namedFailure(error, 'GetObject');
    }
  },
});

/** The tag of what lies there: under a KMS key the same bytes get another with each writing, and a job is made for one. */
const putOnce = async ({ s3, manifests }: ChecksumJobsProps, key: string, body: string): Promise<string> => {
  const object = { Bucket: manifests.bucket, Key: key };
  try {
    await s3.send(new PutObjectCommand({ ...object, Body: body, ContentType: 'text/csv', IfNoneMatch: '*' }));
  } catch (error) {
    if (awsFailure(error)?.status !== 412) throw namedFailure(error, 'PutObject');
  }
  try {
    return (await s3.send(new HeadObjectCommand(object))).ETag ?? '';
  } catch (error) {
    throw namedFailure(error, 'HeadObject');
  }
};

const readText = async (s3: S3Client, Bucket: string, Key: string | undefined): Promise<string> => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
};
