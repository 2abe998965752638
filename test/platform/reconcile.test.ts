import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteBucketPolicyCommand, DeleteObjectCommand, GetObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { hours } from '../../core/time.ts';
import { writeLocalState } from '../../local/state-file.ts';
import { environment, runCli } from '../cli/run-cli.ts';
import { nowAndLater } from './alarm-states.ts';
import { minutes } from './minutes.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { settle } from './settling.ts';
import { allRows, disagreements, type Row, vaultVersions } from './vault-and-catalog.ts';

const env = environment();
let running: RunningPlatform;
beforeAll(async () => {
  running = await runPlatform();
  writeLocalState(env['MEDIAKEEP_STATE_DIR'] ?? '', { ...running.state, users: [] });
});
afterAll(() => running[Symbol.asyncDispose]());

const Answer = z.looseObject({
  findings: z.array(z.looseObject({ kind: z.string(), assetId: z.string().optional(), settled: z.string() })),
});

/** Runs a command of the operators and reads its answer. */
const operate = async (...argv: readonly string[]) => {
  const { code, stdout, stderr } = await runCli([...argv, '--local', '--json'], { env });
  if (stdout === '') throw new Error(stderr);
  return { code, ...Answer.parse(JSON.parse(stdout)) };
};

const upload = async (name: string): Promise<string> => {
  const content = new Blob([`the words of ${name}\n`], { type: 'text/plain' });
  const { assetId } = await running.as('asha').upload(content, {
    class: 'raw-text',
    filename: name,
    subject: 's-1',
    contentType: 'text/plain',
    attributes: { language: 'en' },
  });
  return assetId;
};

const table = () =>
  DynamoDBDocumentClient.from(
    new DynamoDBClient({
      region: running.state.regions[0] ?? '',
      endpoint: running.state.endpoint,
      credentials: running.state.admin,
    }),
  );
const TableName = () => running.state.tables['catalog'] ?? '';

const rowOf = async (assetId: string): Promise<Row> => {
  const row = (await allRows(running)).find(({ pk, sk }) => pk === `acme#asset#${assetId}` && sk === 'asset');
  if (row === undefined) throw new Error('The asset has no row.');
  return row;
};

const versionOf = async (assetId: string): Promise<{ Key: string; VersionId: string }> => {
  const found = (await vaultVersions(running)).find(({ key }) => key.includes(assetId));
  if (found === undefined) throw new Error('The asset has no version.');
  return { Key: found.key, VersionId: found.versionId };
};

/** Lets what was stored become old enough to be judged, and copied. */
const ripen = async (): Promise<void> => {
  await settle(running);
  await running.platform.travelTo(running.platform.clock.now() + hours(1));
};

describe('an operator', () => {
  it('finds what an event that never came has left, and has it put right', async () => {
    const [lost, deleted] = [await upload('lost.txt'), await upload('deleted.txt')];
    await ripen();
    const before = await rowOf(deleted);
    await running.s3.send(
      new DeleteObjectCommand({
        Bucket: running.state.buckets.vault,
        ...(await versionOf(deleted)),
        VersionId: undefined,
      }),
    );
    await settle(running);
    // As if the events of the creation and of the deletion had never come.
    await table().send(new PutCommand({ TableName: TableName(), Item: before }));
    await table().send(new DeleteCommand({ TableName: TableName(), Key: { pk: `acme#asset#${lost}`, sk: 'asset' } }));
    await ripen();

    const proposed = await operate('reconcile');
    expect(nowAndLater(running, 'WorkWatchFindings')).toEqual(['ALARM', 'OK']);
    const repaired = await operate('reconcile', '--repair');
    const after = await operate('reconcile');

    const kinds = ({ findings }: z.infer<typeof Answer>) =>
      Object.fromEntries(findings.map(({ assetId, kind, settled }) => [assetId, `${kind} ${settled}`]));
    expect([proposed.code, kinds(proposed)]).toEqual([
      3,
      { [lost]: 'orphan proposed', [deleted]: 'mismatch proposed' },
    ]);
    expect([repaired.code, kinds(repaired)]).toEqual([
      0,
      { [lost]: 'orphan repaired', [deleted]: 'mismatch repaired' },
    ]);
    expect([after.code, after.findings]).toEqual([0, []]);
    expect(await disagreements(running)).toEqual([]);
  });

  it('sees a corrupt byte healed from the second region', async () => {
    const assetId = await upload('healed.txt');
    await ripen();
    const { Key } = await versionOf(assetId);
    await runCli(['local', 'corrupt', 'vault', Key], { env });
    const read = async (): Promise<string> => {
      const { Body } = await running.s3.send(
        new GetObjectCommand({ Bucket: running.state.buckets.vault, Key, ChecksumMode: undefined }),
      );
      return Buffer.from(await new Response(Body?.transformToWebStream()).arrayBuffer()).toString('latin1');
    };

    const { code, findings } = await operate('scrub', '--all');
    expect(nowAndLater(running, 'StoreWatchCorrupt')).toEqual(['ALARM', 'OK']);
    await settle(running);

    expect([code, findings.map(({ kind, settled }) => `${kind} ${settled}`)]).toEqual([0, ['corrupt repaired']]);
    expect(await read()).toBe('the words of healed.txt\n');
    expect(await disagreements(running)).toEqual([]);
  });

  it('has S3 itself read what is large, and heals what it finds', async () => {
    const assetId = await upload('large.txt');
    await ripen();
    const { Key } = await versionOf(assetId);
    await runCli(['local', 'corrupt', 'vault', Key], { env });

    const { code, findings, ...counts } = await operate('scrub', '--all', '--large', '1');
    await settle(running);

    expect([code, findings.map(({ kind, settled }) => `${kind} ${settled}`)]).toEqual([0, ['corrupt repaired']]);
    expect(counts).toMatchObject({ unread: 0, unknown: 0 });
    expect(await disagreements(running)).toEqual([]);
  });

  it('has the catalog made again from the vault alone', async () => {
    await ripen();
    const before = await allRows(running);
    // A table that is lost tells its stream nothing; the deletions here must not come into the journal either.
    const caller = running.state.functions['project'] ?? '';
    running.platform.faults.set([{ service: 's3', operation: 'PutObject', caller, kind: 'error', probability: 1 }]);
    for (const { pk, sk } of before.filter(({ kind }) => rebuilt.has(kind))) {
      await table().send(new DeleteCommand({ TableName: TableName(), Key: { pk, sk } }));
    }
    const wiped = await allRows(running);

    const { code } = await operate('rebuild-catalog');
    running.platform.faults.set([]);

    expect(wiped.some(({ kind }) => rebuilt.has(kind))).toBe(false);
    expect(code).toBe(0);
    expect(comparable(await allRows(running))).toEqual(comparable(before));
    expect((await Array.fromAsync(running.as('asha').list({ class: 'raw-text' }))).length).toBe(3);
  });
});

describe('a bucket that somebody has changed', () => {
  const guard = async (): Promise<{ setting: string; bucket: string }[]> => {
    const lambda = new LambdaClient({
      region: running.state.regions[0] ?? '',
      endpoint: running.state.endpoint,
      credentials: running.state.admin,
    });
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: running.state.functions['guard'] ?? '' }));
    const { drifts } = JSON.parse(Buffer.from(Payload ?? []).toString());
    return drifts.map(({ setting, bucket }: { setting: string; bucket: string }) => ({ setting, bucket }));
  };

  it('is told within five minutes, with the setting', async () => {
    const { s3, cloudWatch } = running.platform.services;
    const { vault } = running.state.buckets;
    const before = await guard();
    await running.s3.send(new DeleteBucketPolicyCommand({ Bucket: vault }));
    s3.configure(vault, running.state.regions[0] ?? '', (now) => ({
      ...now,
      lifecycle: [],
      publicAccessBlock: { ...now.publicAccessBlock, blockPublicPolicy: false },
    }));

    await running.platform.travelTo(running.platform.clock.now() + minutes(6));
    await running.platform.idle();

    expect(before).toEqual([]);
    expect(await guard()).toEqual(
      ['publicAccess', 'policy', 'lifecycle'].map((setting) => ({ setting, bucket: vault })),
    );
    expect(cloudWatch).toBeDefined();
  });
});

/** Rows that follow from the vault. */
const rebuilt = new Set(['asset', 'hash', 'due', 'versions', 'member', 'tenant']);
const volatile = new Set(['revision', 'cataloguedAt', 'claimedAt', 'expiresAt']);

const comparable = (rows: readonly Row[]): readonly string[] =>
  rows
    .filter(({ kind }) => rebuilt.has(kind))
    .map((row) => JSON.stringify(row, (name, value) => (volatile.has(name) ? undefined : sorted(value))))
    .sort();

const sorted = (value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;
