import {
  GetObjectCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { control } from '../../cli/local/control-client.ts';
import { StatusAnswer } from '../../cli/local/status.ts';
import { batchReplicationState, startBatchReplication } from '../../cli/operator/batch-replication.ts';
import { createS3ControlClient } from '../../cli/operator/s3-control-client.ts';
import type { Asset } from '../../core/schemas/asset.ts';
import { minutes } from './minutes.ts';
import type { RunningPlatform } from './running-platform.ts';
import { runPlatform } from './running-platform.ts';
import { anyFile, freshContent } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let second: S3Client;
beforeAll(async () => {
  running = await runPlatform();
  const { endpoint, regions, admin } = running.state;
  second = new S3Client({
    endpoint,
    region: regions[1] ?? '',
    forcePathStyle: true,
    credentials: { ...admin },
    maxAttempts: 1,
  });
});
afterAll(async () => {
  second.destroy();
  await running[Symbol.asyncDispose]();
});

const steer = (action: 'regions' | 'replication', change: unknown) =>
  control({ ...running.state, users: [] }, 'POST', action, JSON.stringify(change));

const status = async (): Promise<StatusAnswer> =>
  StatusAnswer.parse(await control({ ...running.state, users: [] }, 'GET', 'status'));

const copied = () => running.platform.services.s3.replication.run();

const store = (content = freshContent()): Promise<Asset> => running.as('ravi').store(content, { ...anyFile });

const copyOf = ({ key, currentVersionId }: Asset) => ({
  Bucket: running.state.replicas.vault,
  Key: key,
  VersionId: currentVersionId,
});

const pass = async (count: number): Promise<void> => {
  for (let minute = 0; minute < count; minute += 1) {
    await running.platform.travelTo(running.platform.clock.now() + minutes(1));
  }
};

const jump = async (count: number): Promise<void> => {
  await running.platform.travelTo(running.platform.clock.now() + minutes(count));
  await settle(running);
};

describe('what is stored', () => {
  it('lies in the second region too, under the same version id and that region’s own key', async () => {
    const content = freshContent();
    const asset = await store(content);
    await copied();
    const copy = await second.send(new GetObjectCommand(copyOf(asset)));
    const key = await second.send(new HeadObjectCommand(copyOf(asset)));
    const { value } = await running.as('ravi').asset(asset.assetId, { replication: true });

    expect(Buffer.from((await copy.Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
    expect(key).toMatchObject({ ReplicationStatus: 'REPLICA', ServerSideEncryption: 'aws:kms' });
    expect(key.SSEKMSKeyId).toContain(`:kms:${running.state.regions[1]}:`);
    expect(value.copy).toEqual({
      state: 'completed',
      region: running.state.regions[1],
      found: true,
      bytes: content.length,
      storageClass: 'STANDARD',
    });
    expect(value.replication).toBeUndefined();
  });

  it('is hidden there as well when it is deleted, and shown again when it comes back', async () => {
    const asset = await store();
    const copies = () =>
      second.send(new ListObjectVersionsCommand({ Bucket: running.state.replicas.vault, Prefix: asset.key }));
    await running.as('asha').delete(asset.assetId);
    await copied();
    const deleted = await copies();
    await settle(running);
    await running.as('asha').undelete(asset.assetId);
    await jump(61);
    const back = await copies();

    expect(deleted.Versions?.map(({ VersionId }) => VersionId)).toEqual([asset.currentVersionId]);
    expect(deleted.DeleteMarkers?.map(({ IsLatest }) => IsLatest)).toEqual([true]);
    expect(back.Versions?.map(({ IsLatest }) => IsLatest)).toEqual([true]);
    expect(back.DeleteMarkers).toBeUndefined();
  });

  it('is late where copies lag, and the catalog says so until the copy is there', async () => {
    await steer('replication', { lagMs: minutes(30) });
    const asset = await store();
    await jump(20);
    const late = (await running.as('ravi').asset(asset.assetId, { replication: true })).value;
    const { replication } = await status();
    await jump(15);
    const there = (await running.as('ravi').asset(asset.assetId, { replication: true })).value;
    await steer('replication', { lagMs: 0 });

    expect(late).toMatchObject({ replication: 'late', copy: { state: 'pending', found: false } });
    expect(replication.operations).toBeGreaterThan(0);
    expect(there).toMatchObject({ copy: { state: 'completed', found: true } });
    expect(there.replication).toBeUndefined();
  });

  it('rings an alarm in the second region when its copies fall behind', async () => {
    await steer('replication', { paused: true });
    await store();
    await pass(40);
    const { alarms } = await status();
    await steer('replication', { paused: false });
    await copied();
    await pass(20);
    const after = await status();
    const named = (all: StatusAnswer['alarms']) => all.find(({ name }) => name.includes('ReplicationVaultLate'))?.state;

    expect(named(alarms)).toBe('ALARM');
    expect(named(after.alarms)).toBe('OK');
  });
});

/** As the operator does it, with the role of the template. */
const copyTheRest = async () => {
  const { endpoint, regions, admin, buckets } = running.state;
  const client = createS3ControlClient({ region: regions[0] ?? '', endpoint, credentials: { ...admin } });
  const outputs = running.platform.app.stacks.flatMap((stack) => [...stack.outputs]);
  const roleArn = new Map(outputs).get('BatchReplicationRoleArn') ?? '';
  const accountId = '000000000000';
  const id = await startBatchReplication(client, { accountId, token: 'rest', bucket: buckets.vault, roleArn });
  await running.platform.services.s3.replication.runBatch();
  const state = await batchReplicationState(client, accountId, id);
  client.destroy();
  return state;
};

describe('a copy that is refused', () => {
  it('is flagged in the catalog and rings, and a batch job makes up for it', async () => {
    const { roles } = running.platform.services.credentials;
    const name = `mediakeep-replica-000000000000-${running.state.regions[0]}`;
    const role = roles.findByName(name);
    if (role === undefined) throw new Error(`There is no role ${name}.`);
    roles.put({ ...role, inlinePolicies: new Map() });
    const asset = await store();
    await copied();
    roles.put(role);
    await settle(running);
    await pass(11);
    const { value } = await running.as('ravi').asset(asset.assetId, { replication: true });
    const { alarms } = await status();
    const job = await copyTheRest();
    const after = (await running.as('ravi').asset(asset.assetId, { replication: true })).value;

    expect(job).toMatchObject({ status: 'Complete', failed: 0 });
    expect(job.succeeded).toBeGreaterThan(0);
    expect(after.copy).toMatchObject({ state: 'completed', found: true });
    expect(value).toMatchObject({ replication: 'failed', copy: { state: 'failed', found: false } });
    expect(running.log.some((line) => line.includes('SrcBucketReplicationConfigMissing'))).toBe(true);
    expect(alarms.find(({ name: alarm }) => alarm.includes('ReplicationVaultFailed'))?.state).toBe('ALARM');
  });
});

describe('a lost region', () => {
  it('answers nothing, keeps everything, and what was copied is read from the second one', async () => {
    const [home = ''] = running.state.regions;
    const content = freshContent();
    const asset = await store(content);
    await copied();
    await steer('regions', { region: home, down: true });
    const told = await status();
    const api = running.as('ravi').asset(asset.assetId);
    await expect(api).rejects.toThrow();
    await expect(running.s3.send(new ListBucketsCommand({}))).rejects.toThrow('cannot be reached');
    await expect(fetch(`${running.state.issuer}/`)).rejects.toThrow();
    const copy = await second.send(new GetObjectCommand(copyOf(asset)));
    await steer('regions', { region: home, down: false });
    const { value } = await running.as('ravi').asset(asset.assetId);

    expect(told.regionsDown).toEqual([home]);
    expect(Buffer.from((await copy.Body?.transformToByteArray()) ?? []).equals(content)).toBe(true);
    expect(value.state).toBe('stored');
  });

  it('that holds the copies stops them, and they are made when it is back', async () => {
    const away = running.state.regions[1] ?? '';
    await steer('regions', { region: away, down: true });
    const asset = await store();
    await copied();
    const cut = (await running.as('ravi').asset(asset.assetId, { replication: true })).value;
    await expect(second.send(new ListBucketsCommand({}))).rejects.toThrow('cannot be reached');
    await steer('regions', { region: away, down: false });
    await copied();
    const back = (await running.as('ravi').asset(asset.assetId, { replication: true })).value;

    expect(cut.copy).toEqual({ state: 'pending', region: away });
    expect(back.copy).toMatchObject({ state: 'completed', found: true });
  });

  it('is refused where the app has nothing', async () => {
    await expect(steer('regions', { region: 'us-east-1', down: true })).rejects.toThrow('its regions are');
  });
});
