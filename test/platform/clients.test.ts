import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';

const execute = promisify(execFile);

let running: RunningPlatform;
let folder: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  running = await runPlatform();
  folder = mkdtempSync(join(tmpdir(), 'mediakeep-clients-'));
  const { admin, regions } = running.state;
  const region = regions[0];
  environment = {
    ...process.env,
    HOME: folder,
    AWS_ACCESS_KEY_ID: admin.accessKeyId,
    AWS_SECRET_ACCESS_KEY: admin.secretAccessKey,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_PAGER: '',
    // The endpoint speaks plain HTTP; rclone's SDK refuses a bundle that some machines name for all programs.
    AWS_CA_BUNDLE: undefined,
    RCLONE_CONFIG_KEEP_TYPE: 's3',
    RCLONE_CONFIG_KEEP_PROVIDER: 'Other',
    RCLONE_CONFIG_KEEP_ENV_AUTH: 'true',
    RCLONE_CONFIG_KEEP_ENDPOINT: running.state.endpoint,
    RCLONE_CONFIG_KEEP_REGION: region,
    // The buckets take no other ACL: their owner owns everything in them.
    RCLONE_CONFIG_KEEP_ACL: 'bucket-owner-full-control',
    // Otherwise rclone takes ETags for MD5 digests, which they are not under KMS.
    RCLONE_CONFIG_KEEP_SERVER_SIDE_ENCRYPTION: 'aws:kms',
  };
});
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const run = async (command: string, ...args: string[]): Promise<string> =>
  (await execute(command, args, { env: environment, maxBuffer: 64 * 1024 ** 2 })).stdout;
const aws = (...args: string[]): Promise<string> => run('aws', '--endpoint-url', running.state.endpoint, ...args);
const file = (name: string, bytes: Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const tree = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(join(path, 'deeper'), { recursive: true });
  writeFileSync(join(path, 'a ü+&.txt'), 'one');
  writeFileSync(join(path, 'deeper', 'b.txt'), 'two');
  return path;
};

describe('the AWS CLI', () => {
  it('copies a large file in parts, there and back', async () => {
    const bytes = randomBytes(20 * 1024 ** 2);
    const url = `s3://${running.state.buckets.scratch}/aws/large.bin`;
    const back = join(folder, 'large.back');

    await aws('s3', 'cp', '--quiet', file('large.bin', bytes), url);
    await aws('s3', 'cp', '--quiet', url, back);

    expect(readFileSync(back).equals(bytes)).toBe(true);
  });

  it('synchronizes a folder and lists what it put', async () => {
    const url = `s3://${running.state.buckets.scratch}/aws/tree`;

    await aws('s3', 'sync', '--quiet', tree('aws-tree'), url);
    const listed = await aws('s3', 'ls', '--recursive', url);
    const again = await aws('s3', 'sync', '--dryrun', join(folder, 'aws-tree'), url);

    expect(listed).toMatch(/ 3 aws\/tree\/a ü\+&\.txt\n.* 3 aws\/tree\/deeper\/b\.txt/);
    expect(again).toBe('');
  });

  it.each(['CRC32', 'SHA1', 'SHA256'])(
    'puts an object with %s and gets it back with the same checksum',
    async (name) => {
      const body = file('small.bin', randomBytes(1000));
      const place = ['--bucket', running.state.buckets.scratch, '--key', `aws/${name}`];

      const put = JSON.parse(await aws('s3api', 'put-object', ...place, '--body', body, '--checksum-algorithm', name));
      const head = JSON.parse(await aws('s3api', 'head-object', ...place, '--checksum-mode', 'ENABLED'));

      expect(put[`Checksum${name}`]).toBeTruthy();
      expect(head[`Checksum${name}`]).toBe(put[`Checksum${name}`]);
    },
  );

  it('sees in the vault the versions that the catalog knows', async () => {
    const client = running.as('ravi');
    const facts = { class: 'user-file', filename: 'v.bin', contentType: 'application/octet-stream', subject: 'sub-1' };
    const asset = await client.store(randomBytes(100), facts);
    await client.delete(asset.assetId);
    await running.platform.idle();

    const place = ['--bucket', running.state.buckets.vault, '--prefix', asset.key];
    const { Versions, DeleteMarkers } = JSON.parse(await aws('s3api', 'list-object-versions', ...place));
    const known = await Array.fromAsync(client.versions(asset.assetId));

    expect([...DeleteMarkers, ...Versions].map(({ VersionId }) => VersionId)).toEqual(
      known.map(({ versionId }) => versionId),
    );
  });

  it('queries the table, looks at the queues and asks who it is', async () => {
    const { tables, queues } = running.state;
    const query = ['--table-name', tables['catalog'] ?? '', '--key-condition-expression', 'pk = :pk'];
    const values = JSON.stringify({ ':pk': { S: 'nothing' } });

    const found = JSON.parse(await aws('dynamodb', 'query', ...query, '--expression-attribute-values', values));
    const url = ['--queue-url', queues['intake'] ?? '', '--attribute-names', 'All'];
    const { Attributes } = JSON.parse(await aws('sqs', 'get-queue-attributes', ...url));
    const me = JSON.parse(await aws('sts', 'get-caller-identity'));

    expect(found.Count).toBe(0);
    expect(Attributes.RedrivePolicy).toContain('"maxReceiveCount":5');
    expect(me.Arn).toMatch(/user\/admin$/);
  });
});

describe('rclone', () => {
  it('copies a tree, checks it and reads it back', async () => {
    const remote = `keep:${running.state.buckets.scratch}/rclone`;
    const local = tree('rclone-tree');
    file('rclone-tree/large.bin', randomBytes(12 * 1024 ** 2));

    await run(
      'rclone',
      'copy',
      '--s3-no-check-bucket',
      '--s3-chunk-size',
      '5M',
      '--s3-upload-cutoff',
      '6M',
      local,
      remote,
    );
    await run('rclone', 'check', local, remote);
    const read = await run('rclone', 'cat', `${remote}/deeper/b.txt`);

    expect(read).toBe('two');
  });
});

describe('s3cmd', () => {
  const s3cmd = (...args: string[]): Promise<string> => {
    const host = new URL(running.state.endpoint).host;
    const { accessKeyId, secretAccessKey } = running.state.admin;
    const access = ['--access_key', accessKeyId, '--secret_key', secretAccessKey];
    const where = ['--no-ssl', '--host', host, '--host-bucket', host, '--region', running.state.regions[0] ?? ''];
    return run('s3cmd', '--no-progress', ...access, ...where, ...args);
  };

  it('puts, lists and gets', async () => {
    const bytes = randomBytes(70_000);
    const url = `s3://${running.state.buckets.scratch}/s3cmd/file.bin`;
    const back = join(folder, 's3cmd.back');

    await s3cmd('put', file('s3cmd.bin', bytes), url);
    const listed = await s3cmd('ls', url);
    await s3cmd('get', url, back);

    expect(listed).toContain('70000');
    expect(readFileSync(back).equals(bytes)).toBe(true);
  });
});
