import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteBucketPolicyCommand,
  GetBucketPolicyCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
} from '@aws-sdk/client-s3';
import { DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLocks } from '../../cli/destroy/deployed-stacks.ts';
import { checkAfter } from '../../cli/doctor/after.ts';
import { destroyPlan } from '../../core/destroy/plan.ts';
import type { Finding } from '../../core/doctor/finding.ts';
import { proofKey } from '../../core/recovery/closed.ts';
import { isoTime } from '../../core/time.ts';
import { tableOf, targetOf } from './recovery-target.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let dataDir: string;
let target: ReturnType<typeof targetOf>;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-doctor-'));
  running = await runPlatform({ dataDir });
  target = targetOf(running);
  await prove();
}, 30_000);
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const prove = (): Promise<unknown> => {
  const Item = { ...proofKey, kind: 'proof', at: isoTime(running.platform.clock.now()) };
  return tableOf(target).send(new PutCommand({ TableName: target.catalogTable, Item }));
};
const failures = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ judgement }) => judgement === 'failed' || judgement === 'unknown');

describe('the doctor', () => {
  it('finds nothing wrong with what was just deployed', async () => {
    const findings = await checkAfter(target);

    expect(failures(findings)).toEqual([]);
    expect(findings.filter(({ judgement }) => judgement === 'ok').length).toBeGreaterThan(20);
  });

  it('names versioning, policy, recovery and proof that were lost, each with a remedy', async () => {
    const { vault } = target.buckets;
    const dynamo = new DynamoDBClient(target.aws());
    const { Policy } = await running.s3.send(new GetBucketPolicyCommand({ Bucket: vault }));
    const setVersioning = (Status: 'Enabled' | 'Suspended') =>
      running.s3.send(
        new PutBucketVersioningCommand({ Bucket: target.buckets.landing, VersioningConfiguration: { Status } }),
      );
    const setRecovery = (PointInTimeRecoveryEnabled: boolean) =>
      dynamo.send(
        new UpdateContinuousBackupsCommand({
          TableName: target.catalogTable,
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled },
        }),
      );
    await running.s3.send(new DeleteBucketPolicyCommand({ Bucket: vault }));
    await setVersioning('Suspended');
    await setRecovery(false);
    await tableOf(target).send(new DeleteCommand({ TableName: target.catalogTable, Key: { ...proofKey } }));

    const found = failures(await checkAfter(target));

    expect(Object.fromEntries(found.map(({ check, found: text }) => [check, text]))).toEqual({
      [`bucket ${vault}`]: expect.stringMatching(/^policy: .* is missing$/),
      [`bucket ${target.buckets.landing}`]: 'versioning: it is Suspended',
      'catalog point-in-time recovery': 'it is DISABLED, not ENABLED',
      'last proof of recovery': 'there has never been one',
    });
    expect(found.every(({ todo }) => todo !== undefined)).toBe(true);
    await running.s3.send(new PutBucketPolicyCommand({ Bucket: vault, Policy }));
    await setVersioning('Enabled');
    await setRecovery(true);
    await prove();
  });
});

describe('a destroyed deployment', () => {
  it('says before what stays, until when and why', async () => {
    const resources = running.platform.destruction
      .view()
      .flatMap(({ stackName, region, resources: own }) => own.map((one) => ({ ...one, stackName, region })));

    const plan = destroyPlan(resources, await readLocks(target));

    expect(plan.stacks).toEqual(['mediakeep-service', 'mediakeep-data', 'mediakeep-replica']);
    expect(plan.lost).toEqual([]);
    expect(plan.kept.map(({ name }) => name)).toEqual(
      expect.arrayContaining([...Object.values(target.buckets), target.catalogTable, target.userPoolId]),
    );
    expect(plan.kept.find(({ name }) => name === target.buckets.audit)).toMatchObject({
      why: expect.stringContaining('compliance'),
      until: '400 days after its youngest segment was written',
    });
  });

  it('answers no more, and has every asset again after the next deployment', async () => {
    const words = 'what was said before the end\n';
    const { assetId } = await running.as('asha').upload(new Blob([words]), {
      class: 'raw-text',
      filename: 'before.txt',
      contentType: 'text/plain',
      subject: 'speaker-1',
      attributes: { language: 'en' },
    });
    await settle(running);

    await running.platform.destruction.run();

    expect(running.platform.destruction.view()).toEqual([]);
    await expect(fetch(`${running.state.api}/health`)).rejects.toThrow('fetch failed');
    const kept = await running.s3.send(new ListObjectsV2Command({ Bucket: target.buckets.vault }));
    expect(kept.Contents?.some(({ Key }) => Key?.includes(assetId))).toBe(true);
    await running[Symbol.asyncDispose]();
    running = await runPlatform({ dataDir });
    const content = await running.as('asha').get(assetId);
    expect(Buffer.concat(await Array.fromAsync(content.bytes)).toString()).toBe(words);
    expect(running.platform.app.removed).toEqual([]);
  });
});
