import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  BackupClient,
  ListBackupJobsCommand,
  ListCopyJobsCommand,
  ListRestoreJobsCommand,
} from '@aws-sdk/client-backup';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { drillTenant } from '../../core/recovery/drill-markers.ts';
import { days, hours, isoTime } from '../../core/time.ts';
import { nowAndLater } from './alarm-states.ts';
import { allRows, destroy, destroyAll, keptOf, runJob, runPack, tableOf, targetOf } from './recovery-target.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { freshContent, sendByPut } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let dataDir: string;
let target: ReturnType<typeof targetOf>;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'mediakeep-recovery-'));
  running = await runPlatform({ dataDir });
  target = targetOf(running);
}, 30_000);
afterAll(async () => {
  await running[Symbol.asyncDispose]();
  rmSync(dataDir, { recursive: true, force: true });
});

const upload = async (name: string): Promise<string> => {
  const content = new Blob([`the words of ${name}, which nobody else has said\n`]);
  const { assetId } = await running.as('asha').upload(content, {
    class: 'raw-text',
    filename: name,
    contentType: 'text/plain',
    subject: 'speaker-1',
    attributes: { language: 'en' },
  });
  await settle(running);
  return assetId;
};

const stateOf = async (assetId: string): Promise<unknown> => (await running.as('asha').asset(assetId)).value.state;
const toNow = async (): Promise<string> => {
  const to = running.platform.clock.now();
  await running.platform.travelTo(to + 300_000);
  return isoTime(to);
};

describe('a recovery to five minutes ago', () => {
  it('brings back what was destroyed, from the nearest place that has it', async () => {
    const [covered, gone, lost] = [await upload('covered.txt'), await upload('gone.txt'), await upload('lost.txt')];
    const to = await toNow();
    await running.as('asha').delete(covered);
    await destroy(running, target, gone);
    await destroy(running, target, lost, [target.region, target.secondRegion]);

    const { report, html, failure } = await runJob(target, 'recover', {
      to,
      scope: 'all',
      verify: 'all',
      into: 'live',
    });

    expect(failure).toBeUndefined();
    expect(report).toMatchObject({
      outcome: 'verified',
      recovered: { assets: 3, uncovered: 1, fromReplica: 1, fromBackup: 1, missing: 0 },
      verification: { checked: 3, reread: 3, problems: 0 },
      restoredTable: { lacks: ['deletion-protection', 'point-in-time-recovery', 'stream', 'time-to-live'] },
    });
    expect(report.signature.mac).toMatch(/^.{44}$/);
    expect(html).toContain('Everything is back and verified');
    expect(await Promise.all([covered, gone, lost].map(stateOf))).toEqual(['stored', 'stored', 'stored']);
  }, 30_000);

  it('puts an older version over what was written on it, and says which became which', async () => {
    const assetId = await upload('overwritten.txt');
    const { value } = await running.as('asha').asset(assetId);
    const to = await toNow();
    await running.s3.send(new PutObjectCommand({ Bucket: target.buckets.vault, Key: value.key, Body: 'ransom' }));
    await settle(running);

    const { report } = await runJob(target, 'recover', { to, scope: 'tenant:acme', verify: 'sample', into: 'live' });

    expect(report).toMatchObject({ outcome: 'verified', recovered: { copiedForward: 1 } });
    const again = (await running.as('asha').asset(assetId)).value;
    expect(again.sha256).toBe(value.sha256);
    expect(again.currentVersionId).not.toBe(value.currentVersionId);
  }, 30_000);

  it('brings back rows that people wrote, and leaves those of other tenants alone', async () => {
    const members = (await allRows(target)).filter(({ kind }) => kind === 'member');
    const [asha] = members.filter(({ tenant }) => tenant === 'acme');
    const [lena] = members.filter(({ tenant }) => tenant === 'globex');
    const keyOf = (row: Record<string, unknown> | undefined) => ({ pk: String(row?.['pk']), sk: String(row?.['sk']) });
    const to = await toNow();
    for (const row of [asha, lena]) {
      await tableOf(target).send(new DeleteCommand({ TableName: target.catalogTable, Key: keyOf(row) }));
    }

    const { report } = await runJob(target, 'recover', { to, scope: 'tenant:acme', verify: 'sample', into: 'live' });

    const left = (await allRows(target)).filter(({ kind }) => kind === 'member').map(({ pk }) => pk);
    expect(report).toMatchObject({ recovered: { rowsWritten: 1 } });
    expect(left).toContain(asha?.['pk']);
    expect(left).not.toContain(lena?.['pk']);
  }, 30_000);

  it('writes nothing back into isolation, and says what it would take', async () => {
    const assetId = await upload('planned.txt');
    const to = await toNow();
    await destroy(running, target, assetId);

    const { report } = await runJob(target, 'recover', { to, scope: 'all', verify: 'sample', into: 'isolated' });

    expect(report).toMatchObject({ outcome: 'planned', restoredTable: { kept: true } });
    await expect(stateOf(assetId)).rejects.toMatchObject({ code: 'not-found' });
  }, 30_000);

  it('does not bring back who was erased, whatever the backups hold', async () => {
    const assetId = await upload('erased.txt');
    const to = await toNow();
    await destroy(running, target, assetId, [target.region, target.secondRegion]);
    const entry = { v: 1, tenant: 'acme', assets: [assetId], erasedAt: isoTime(running.platform.clock.now()) };
    const Key = `erasures/acme/${assetId}.json`;
    const Body = JSON.stringify(entry);
    await running.s3.send(
      new PutObjectCommand({ Bucket: target.buckets.audit, Key, Body, ChecksumAlgorithm: 'SHA256' }),
    );
    await running.platform.travelTo(running.platform.clock.now() + 120_000);

    const { report } = await runJob(target, 'recover', { to, scope: 'tenant:acme', verify: 'sample', into: 'live' });

    expect(report).toMatchObject({ erasuresRespected: 1, recovered: { erased: 1 } });
    await expect(stateOf(assetId)).rejects.toMatchObject({ code: 'not-found' });
  }, 30_000);
});

describe('a recovery drill', () => {
  it('proves that backups alone bring everything back, measures it, and leaves nothing behind', async () => {
    const { report, failure } = await runJob(target, 'drill', { waitSeconds: 1 });

    expect(failure).toBeUndefined();
    expect(report).toMatchObject({ outcome: 'proven', seeded: 3, rowsRecovered: 3, objectsRecovered: 3, problems: [] });
    expect(report['recoveryTimeSeconds']).toBeGreaterThanOrEqual(0);
    expect(report['restoredTable']).toEqual({
      lacks: ['deletion-protection', 'point-in-time-recovery', 'stream', 'time-to-live'],
    });
    const left = (await allRows(target)).filter((row) => row['tenant'] === drillTenant && row['kind'] === 'asset');
    expect(left.map((row) => Reflect.get(Object(row['summary']), 'state'))).toEqual(['gone', 'gone', 'gone']);
  }, 30_000);

  it('fails loudly where a byte of the backup is wrong', async () => {
    const spoil = async (): Promise<void> => {
      await vi.waitUntil(() => markerFiles().length >= 3, { timeout: 20_000, interval: 20 });
      // The drill rests until the backups have caught up.
      await running.platform.idle();
      for (const file of markerFiles()) writeFileSync(file, 'm', { flag: 'r+' });
      await running.platform.travelTo(running.platform.clock.now() + 3_600_000);
    };

    const { report, html, failure } = await runJob(target, 'drill', { waitSeconds: 3_600 }, spoil);

    expect(failure).toContain('The drill failed');
    expect(report).toMatchObject({ outcome: 'failed', rowsRecovered: 3, objectsRecovered: 0 });
    expect(report['problems']).toContainEqual(expect.stringContaining('other bytes'));
    expect(html).toContain('could not be recovered');
  }, 30_000);

  it('fails loudly where there is no backup of the vault', async () => {
    const { store } = running.platform.services.backup;
    const points = store.points().filter(({ resourceType }) => resourceType === 'S3');
    for (const { arn } of points) store.removePoint(arn);

    const { report, failure } = await runJob(target, 'drill', { waitSeconds: 1 });
    for (const point of points) store.putPoint(point);

    expect(failure).toContain('There is no backup of the vault');
    expect(nowAndLater(running, 'RecoveryWatchDrillFailed')).toEqual(['ALARM', 'OK']);
    expect(report).toMatchObject({ outcome: 'failed', problems: ['There is no backup of the vault.'] });
  }, 30_000);

  /** The files in which the platform keeps markers that nobody has spoiled yet. */
  const markerFiles = (): string[] =>
    readdirSync(join(dataDir, 's3'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((file) => readFileSync(file).subarray(0, 7).toString() === 'Marker ');
});

describe('as days go by', () => {
  it('backups are made, copied to the second region and tested, and tests are judged', async () => {
    const { clock, services, idle } = running.platform;
    // Only AWS Backup's own work of these days is done: a journey would do everybody's.
    clock.set(mondayMorningAfter(clock.now() + days(7)));
    await services.backup.run(clock.now());
    await idle();
    const client = new BackupClient(target.aws());
    const { BackupJobs = [] } = await client.send(new ListBackupJobsCommand({}));
    const { CopyJobs = [] } = await client.send(new ListCopyJobsCommand({}));
    const { RestoreJobs = [] } = await client.send(new ListRestoreJobsCommand({}));

    expect([...new Set(BackupJobs.map(({ State }) => State))]).toEqual(['COMPLETED']);
    expect(new Set(BackupJobs.map(({ CreatedBy }) => CreatedBy?.BackupRuleName))).toEqual(
      new Set(['continuous', 'daily', 'weekly']),
    );
    expect([...new Set(CopyJobs.map(({ State }) => State))]).toEqual(['COMPLETED']);
    const tests = RestoreJobs.filter(({ CreatedBy }) => CreatedBy?.RestoreTestingPlanArn !== undefined);
    expect(new Set(tests.map(({ ResourceType, ValidationStatus }) => `${ResourceType} ${ValidationStatus}`))).toEqual(
      new Set(['DynamoDB SUCCESSFUL', 'S3 SUCCESSFUL']),
    );
  }, 30_000);
});

describe('a year later, when every version of the vault and every row of the catalog was destroyed', () => {
  const speech = (): Buffer => {
    const head = Buffer.from(
      'RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0',
      'latin1',
    );
    const samples = freshContent(192_000);
    head.writeUInt32LE(36 + samples.length, 4);
    head.writeUInt32LE(samples.length, 40);
    return Buffer.concat([head, samples]);
  };
  const words = (part: number): Buffer =>
    Buffer.from(JSON.stringify({ part, text: freshContent(30_000).toString('base64') }));
  const send = async (dataClass: string, filename: string, contentType: string, content: Buffer): Promise<string> => {
    const facts = { class: dataClass, filename, contentType, subject: 'speaker-1', attributes: { language: 'en' } };
    return (await sendByPut(running, content, facts)).assetId;
  };

  it('everything comes back, also out of the archive, out of packs and what was deleted', async () => {
    const { clock, services } = running.platform;
    // The jobs of every hour and day, and a year of backups, have tests of their own.
    services.events.scheduler.stop();
    Object.assign(services.backup, { run: async () => {} });
    const recording = await send('raw-audio', 'talk.wav', 'audio/wav', speech());
    const texts = await Promise.all(
      [1, 2, 3, 4, 5].map((part) => send('transcription', `part-${part}.json`, 'application/json', words(part))),
    );
    await settle(running);
    clock.set(clock.now() + days(366));
    const removed = await upload('removed.txt');
    await running.as('asha').delete(removed);
    await runPack(running, target);
    await running.platform.travelTo(clock.now() + days(1));
    await settle(running);
    const cold = (await running.as('asha').asset(recording)).value;
    const packed = (await running.as('asha').asset(texts[0] ?? '')).value;
    const before = await keptOf(target);
    const to = await toNow();
    await destroyAll(target);

    const { report, failure } = await runJob(
      target,
      'recover',
      { to, scope: 'all', verify: 'all', into: 'live' },
      async () => {
        await running.platform.idle();
        await running.platform.travelTo(clock.now() + hours(14));
      },
    );

    expect([cold.storageClass, packed.pack?.packId]).toEqual(['DEEP_ARCHIVE', expect.any(String)]);
    expect(failure).toBeUndefined();
    expect(report).toMatchObject({ outcome: 'verified', recovered: { archived: 0, missing: 0, there: 0 } });
    expect(await keptOf(target)).toEqual(before);
    expect(await stateOf(removed)).toBe('deleted');
    expect((await running.as('asha').asset(recording)).value).toMatchObject({ archiving: 'DEEP_ARCHIVE' });
    expect((await running.as('asha').asset(texts[0] ?? '')).value.pack?.packId).toBe(packed.pack?.packId);
  }, 60_000);
});

/** Four in the morning of the next Monday, UTC: after the weekly test. */
const mondayMorningAfter = (ms: number): number => {
  const midnight = Math.ceil(ms / days(1)) * days(1);
  const toMonday = (8 - new Date(midnight).getUTCDay()) % 7;
  return midnight + days(toMonday) + hours(4);
};
