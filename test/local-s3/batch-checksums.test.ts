import { crc32 } from 'node:zlib';
import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { CreateJobCommand, type CreateJobCommandInput, DescribeJobCommand } from '@aws-sdk/client-s3-control';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createS3ControlClient } from '../../cli/operator/s3-control-client.ts';
import { accessKeyId, accountId, region, type S3Server, secretAccessKey, startS3 } from './s3-server.ts';

let server: S3Server;
let tokens = 0;
beforeEach(async () => {
  server = await startS3();
  for (const name of ['vault', 'lists', 'told']) server.bucket(name, { versioning: 'Enabled' });
});
afterEach(() => server.close());

const put = async (Key: string, Body: string, StorageClass: 'STANDARD' | 'DEEP_ARCHIVE' = 'STANDARD') =>
  (await server.client.send(new PutObjectCommand({ Bucket: 'vault', Key, Body, StorageClass }))).VersionId ?? '';

/** Runs a job over these lines and answers what became of it, and the lines of its report. */
const run = async (lines: string, changes: Partial<CreateJobCommandInput> = {}, etag?: string) => {
  const credentials = { accessKeyId, secretAccessKey };
  const control = createS3ControlClient({ region, endpoint: server.url, credentials });
  await server.client.send(new PutObjectCommand({ Bucket: 'lists', Key: 'l.csv', Body: lines }));
  const { ETag } = await server.client.send(new HeadObjectCommand({ Bucket: 'lists', Key: 'l.csv' }));
  const { JobId = '' } = await control.send(
    new CreateJobCommand({
      AccountId: accountId,
      ClientRequestToken: `t${++tokens}`,
      Operation: { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key', 'VersionId'] },
        Location: { ObjectArn: 'arn:aws:s3:::lists/l.csv', ETag: etag ?? ETag },
      },
      Report: {
        ...{ Enabled: true, Bucket: 'arn:aws:s3:::told', Prefix: 'checksums' },
        ...{ Format: 'Report_CSV_20180820', ReportScope: 'AllTasks' },
      },
      Priority: 1,
      RoleArn: `arn:aws:iam::${accountId}:role/batch`,
      ConfirmationRequired: false,
      ...changes,
    }),
  );
  await server.s3.replication.runBatch();
  const { Job } = await control.send(new DescribeJobCommand({ AccountId: accountId, JobId }));
  const { Contents = [] } = await server.client.send(
    new ListObjectsV2Command({ Bucket: 'told', Prefix: `checksums/job-${JobId}/results/` }),
  );
  const files = await Promise.all(
    Contents.map(async ({ Key }) => {
      const { Body } = await server.client.send(new GetObjectCommand({ Bucket: 'told', Key }));
      return (await Body?.transformToString()) ?? '';
    }),
  );
  return { job: Job, rows: files.join('').split('\n').filter(Boolean).sort() };
};

describe('a batch job of checksums', () => {
  it('tells what the bytes of each version make, also of those that lie in an archive', async () => {
    const old = await put('raw/a b.wav', 'first');
    await put('raw/a b.wav', 'second');
    const frozen = await put('raw/c.wav', 'third', 'DEEP_ARCHIVE');

    const { job, rows } = await run(`vault,raw/a%20b.wav,${old}\nvault,raw/c.wav,${frozen}\n`);

    expect(job?.Status).toBe('Complete');
    expect(job?.ProgressSummary).toMatchObject({ TotalNumberOfTasks: 2, NumberOfTasksFailed: 0 });
    expect(rows[0]).toMatch(new RegExp(`^vault,raw/a%20b.wav,${old},succeeded,200,,".*""${crcHex('first')}""}"$`));
    expect(rows[1]).toContain(crcHex('third'));
  });

  it('tells the bytes that are there, not those that were once digested', async () => {
    const versionId = await put('raw/d.wav', 'whole');
    server.s3.corrupt({ bucket: 'vault', key: 'raw/d.wav', at: 0 });

    const { rows } = await run(`vault,raw/d.wav,${versionId}\n`);

    expect(rows).toHaveLength(1);
    expect(rows[0]).not.toContain(crcHex('whole'));
  });

  it('tells apart what it could not read, and ends all the same', async () => {
    const versionId = await put('raw/e.wav', 'there');

    const { job, rows } = await run(`vault,raw/e.wav,${versionId}\nvault,raw/e.wav,nothing\n`);

    expect(job?.ProgressSummary).toMatchObject({ NumberOfTasksSucceeded: 1, NumberOfTasksFailed: 1 });
    expect(rows.filter((row) => row.includes(',failed,200,PermanentFailure,'))).toHaveLength(1);
  });

  it.each([
    ['its list is another by now', async () => run('vault,raw/x,v\n', {}, '"another"'), 'ETag'],
    ['its role may not be taken', async () => refusing('sts:AssumeRole'), 'assume'],
    ['nothing takes its report', async () => run('\n', { Report: reportInto('nowhere') }), 'nowhere'],
  ])('fails where %s', async (_, attempt, reason) => {
    const { job } = await attempt();

    expect(job?.Status).toBe('Failed');
    expect(job?.FailureReasons?.[0]?.FailureReason).toContain(reason);
  });

  it('writes its report under S3’s own key, and says so, for buckets that refuse that', async () => {
    const versionId = await put('raw/f.wav', 'told');
    await run(`vault,raw/f.wav,${versionId}\n`);

    const told = server.authorized.filter(
      ({ action, resource }) => action === 's3:PutObject' && resource.startsWith('arn:aws:s3:::told/checksums/'),
    );

    expect(told).toHaveLength(2);
    for (const { context } of told) expect(context['s3:x-amz-server-side-encryption']).toBe('AES256');
  });

  it('says which operation is asked for, so that a policy can allow one alone', async () => {
    await run('\n');

    const asked = server.authorized.find(({ action }) => action === 's3:CreateJob');

    expect(asked?.context['s3:RequestJobOperation']).toBe('S3ComputeObjectChecksum');
  });

  const refusing = (action: string) => {
    const attempt = run('vault,raw/x,v\n', { ConfirmationRequired: false });
    server.denied.add(action);
    return attempt;
  };
});

const reportInto = (bucket: string) => ({
  ...{ Enabled: true, Bucket: `arn:aws:s3:::${bucket}`, Prefix: 'checksums' },
  ...{ Format: 'Report_CSV_20180820' as const, ReportScope: 'AllTasks' as const },
});

const crcHex = (text: string): string => crc32(text).toString(16).padStart(8, '0').toUpperCase();
