import type { ServerResponse } from 'node:http';
import { isoTime } from '../../../core/time.ts';
import { AwsError, notImplemented } from '../../aws/aws-error.ts';
import type { AwsRequest } from '../../aws/service.ts';
import type { S3Core } from '../core.ts';
import { readXml } from '../protocol/read-xml.ts';
import { parseRequest, type S3Request } from '../protocol/request.ts';
import { sendXml } from '../protocol/respond.ts';
import { element, textElement, xmlDocument } from '../protocol/xml.ts';
import { type BatchJob, type BatchJobs, operationOf } from './job.ts';
import { readJob } from './read-job.ts';

export interface BatchDeps {
  readonly core: S3Core;
  readonly jobs: BatchJobs;
  /** Says that a job can go on. */
  readonly wake: () => void;
}

const root = '/v20180820/jobs';

/** True for a request to S3 Control's batch jobs, which the account's own header tells from a bucket of such a name. */
export const isBatchRequest = ({ url, http }: AwsRequest): boolean =>
  http.headers['x-amz-account-id'] !== undefined && (url.split('?', 1)[0] ?? '').startsWith(root);

/** What the API reference calls it. */
export const batchOperationName = ({ url, http }: AwsRequest): string => {
  const path = (url.split('?', 1)[0] ?? '').slice(root.length);
  if (path === '') return http.method === 'POST' ? 'CreateJob' : 'ListJobs';
  return path.endsWith('/status') ? 'UpdateJobStatus' : 'DescribeJob';
};

/** Answers `CreateJob`, `DescribeJob` and `UpdateJobStatus`. */
export const batchRequest = async (deps: BatchDeps, aws: AwsRequest, response: ServerResponse): Promise<void> => {
  const request = parseRequest(aws);
  const name = batchOperationName(aws);
  const id = decodeURIComponent((aws.url.split('?', 1)[0] ?? '').slice(root.length + 1).replace(/\/status$/, ''));
  if (name === 'CreateJob') return sendXml(response, await createJob(deps, request));
  if (name === 'DescribeJob') return sendXml(response, describeJob(deps, request, id));
  if (name === 'UpdateJobStatus') return sendXml(response, updateJob(deps, request, id));
  throw notImplemented(name);
};

const createJob = async ({ core, jobs, wake }: BatchDeps, request: S3Request): Promise<string> => {
  const { confirm, work, ...wanted } = readJob(await readXml(request));
  const { region } = request.aws;
  authorize(core, request, 's3:CreateJob', '*', { 's3:RequestJobOperation': operationOf(work) });
  requirePassRole(core, request, wanted.roleArn);
  const known = jobs.byToken(region, wanted.token);
  const job: BatchJob = known ?? {
    ...wanted,
    ...work,
    id: core.newId(),
    region,
    status: confirm ? 'Suspended' : 'Active',
    createdAt: core.clock.now(),
    total: 0,
    succeeded: 0,
    failed: 0,
  };
  if (known === undefined) jobs.put(job);
  wake();
  return xmlDocument('CreateJobResult', textElement('JobId', job.id));
};

const describeJob = ({ core, jobs }: BatchDeps, request: S3Request, id: string): string => {
  const job = jobOf(jobs, request, id);
  authorize(core, request, 's3:DescribeJob', id);
  const time = (name: string, ms: number | undefined) => textElement(name, ms === undefined ? undefined : isoTime(ms));
  const { reason } = job;
  return xmlDocument(
    'DescribeJobResult',
    element(
      'Job',
      textElement('JobId', job.id),
      textElement('ConfirmationRequired', job.status === 'Suspended'),
      textElement('Description', job.description),
      textElement('JobArn', jobArn(core, request, id)),
      textElement('Status', job.status),
      element('Operation', operationXml(job)),
      textElement('Priority', job.priority),
      element(
        'ProgressSummary',
        textElement('TotalNumberOfTasks', job.total),
        textElement('NumberOfTasksSucceeded', job.succeeded),
        textElement('NumberOfTasksFailed', job.failed),
      ),
      reason === undefined ? '' : element('FailureReasons', element('member', textElement('FailureReason', reason))),
      element('Report', ...reportXml(job)),
      time('CreationTime', job.createdAt),
      time('TerminationDate', job.endedAt),
      textElement('RoleArn', job.roleArn),
    ),
  );
};

const operationXml = (job: BatchJob): string =>
  job.operation === undefined
    ? '<S3ReplicateObject/>'
    : element(
        job.operation,
        textElement('ChecksumAlgorithm', job.algorithm),
        textElement('ChecksumType', 'FULL_OBJECT'),
      );

const reportXml = (job: BatchJob): readonly string[] => {
  const report = job.operation === undefined ? undefined : job.report;
  if (report === undefined) return [textElement('Enabled', false)];
  return [
    textElement('Bucket', `arn:aws:s3:::${report.bucket}`),
    textElement('Format', 'Report_CSV_20180820'),
    textElement('Enabled', true),
    textElement('Prefix', report.prefix),
    textElement('ReportScope', report.scope),
  ];
};

const updateJob = ({ core, jobs, wake }: BatchDeps, request: S3Request, id: string): string => {
  const job = jobOf(jobs, request, id);
  authorize(core, request, 's3:UpdateJobStatus', id);
  const wanted = request.query.get('requestedJobStatus');
  if (wanted !== 'Ready' && wanted !== 'Cancelled') {
    throw new AwsError('BadRequestException', 400, 'requestedJobStatus is Ready or Cancelled');
  }
  if (wanted === 'Ready' ? job.status !== 'Suspended' : !['Suspended', 'Active'].includes(job.status)) {
    throw new AwsError('JobStatusException', 400, `A job that is ${job.status} cannot become ${wanted}`);
  }
  const status = wanted === 'Ready' ? 'Active' : 'Cancelled';
  jobs.put({ ...job, status, ...(status === 'Cancelled' && { endedAt: core.clock.now() }) });
  wake();
  return xmlDocument('UpdateJobStatusResult', textElement('JobId', id), textElement('Status', status));
};

const jobOf = (jobs: BatchJobs, { aws }: S3Request, id: string): BatchJob => {
  const job = jobs.find(id);
  if (job?.region === aws.region) return job;
  throw new AwsError('NoSuchJob', 404, `There is no job ${id}`);
};

const jobArn = ({ accountId }: S3Core, { aws }: S3Request, id: string): string =>
  `arn:aws:s3:${aws.region}:${accountId}:job/${id}`;

const authorize = (
  core: S3Core,
  request: S3Request,
  action: string,
  id: string,
  asked: Readonly<Record<string, string>> = {},
): void =>
  core.authorize({
    caller: request.aws.caller,
    action,
    resource: jobArn(core, request, id),
    resourceAccountId: core.accountId,
    context: { ...request.aws.baseContext, ...asked },
    region: request.aws.region,
  });

/** Who starts a job hands it a role, which is a right of its own. */
const requirePassRole = (core: S3Core, { aws }: S3Request, roleArn: string): void =>
  core.authorize({
    caller: aws.caller,
    action: 'iam:PassRole',
    resource: roleArn,
    resourceAccountId: core.accountId,
    context: { ...aws.baseContext, 'iam:PassedToService': 'batchoperations.s3.amazonaws.com' },
    region: aws.region,
  });
