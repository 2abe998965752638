import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, ListObjectsV2Command, ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRow } from '../../core/jobs/job-row.ts';
import { readIndex, readMember } from '../../core/pack/format.ts';
import type { Job } from '../../core/schemas/job.ts';
import { days, hours } from '../../core/time.ts';
import { createJobTable } from '../../lambdas/shared/job-table.ts';
import { createStartExecution } from '../../lambdas/shared/start-execution.ts';
import { createJobStarter } from '../../lambdas/shared/start-job.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { type Facts, freshContent, sendByPut } from './sending.ts';
import { settle } from './settling.ts';

let running: RunningPlatform;
let table: DynamoDBDocumentClient;
let lambda: LambdaClient;
let second: S3Client;
beforeAll(async () => {
  running = await runPlatform();
  const { backup, events } = running.platform.services;
  // Backups and the jobs of every hour and day have tests of their own; a year of them would take minutes.
  events.scheduler.stop();
  Object.assign(backup, { run: async () => {} });
  const { endpoint, regions, admin } = running.state;
  const aws = { region: regions[0] ?? '', endpoint, credentials: { ...admin } };
  table = DynamoDBDocumentClient.from(new DynamoDBClient(aws));
  lambda = new LambdaClient(aws);
  second = new S3Client({ ...aws, region: regions[1] ?? '', forcePathStyle: true });
});
afterAll(async () => {
  table?.destroy();
  lambda?.destroy();
  second?.destroy();
  await running?.[Symbol.asyncDispose]();
});

/** Seven seconds of noise, which no intake takes for silence. */
const recording = (): Buffer => {
  const samples = freshContent(224_000);
  const head = Buffer.from(
    'RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0',
    'latin1',
  );
  head.writeUInt32LE(36 + samples.length, 4);
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
};
const audio = (dataClass: string, facts: Record<string, unknown> = {}): Facts => ({
  class: dataClass,
  filename: 'interview.wav',
  contentType: 'audio/wav',
  subject: 'speaker-1',
  ...facts,
});
const transcript = (index: number): Buffer =>
  Buffer.from(JSON.stringify({ text: freshContent(30_000).toString('base64'), part: index }));

const asha = () => running.as('asha');
const pass = async (ms: number): Promise<void> => {
  await running.platform.travelTo(running.platform.clock.now() + ms);
  await settle(running);
};
const store = async (content: Buffer, facts: Facts): Promise<string> => {
  const { assetId } = await sendByPut(running, content, facts);
  await settle(running);
  return assetId;
};
const assetOf = async (assetId: string) => (await asha().asset(assetId)).value;
const jobOf = async (jobId: string): Promise<Job> => {
  await settle(running);
  return asha().jobs.get(jobId);
};
const contentOf = async (assetId: string): Promise<Buffer> => {
  const { url } = await asha().contentLink(assetId);
  return Buffer.from(await (await fetch(url)).arrayBuffer());
};
const refusalOf = (assetId: string): Promise<unknown> =>
  asha()
    .contentLink(assetId)
    .then(
      () => undefined,
      (error: unknown) => error,
    );

let runs = 0;
const work = async (job: 'pack' | 'sweep', input: Record<string, unknown>): Promise<JobRow> => {
  const jobs = createJobTable(table, running.state.tables['catalog'] ?? '');
  const starter = createJobStarter({
    table: jobs,
    start: createStartExecution(lambda),
    functionFor: () => `${running.state.functions[job === 'pack' ? 'archive' : 'sweep']}:live`,
    clock: running.platform.clock,
  });
  runs += 1;
  const jobId = `${job}-test-${runs}`;
  await starter.start({ tenant: '-', jobId, job, input, createdBy: 'test' });
  await settle(running);
  const row = await jobs.read('-', jobId);
  if (row === undefined) throw new Error('The job has no row.');
  return row;
};
const pack = (input: Record<string, unknown> = {}): Promise<JobRow> => work('pack', input);
const inVault = {
  get Bucket() {
    return running.state.buckets.vault;
  },
};
const versionsOf = async (Prefix: string) => {
  const { Versions = [] } = await running.s3.send(new ListObjectVersionsCommand({ ...inVault, Prefix }));
  return Versions;
};
const copiesOf = async (Prefix: string): Promise<number> => {
  const copies = { Bucket: running.state.replicas.vault, Prefix };
  const { Versions = [], DeleteMarkers = [] } = await second.send(new ListObjectVersionsCommand(copies));
  return Versions.length + DeleteMarkers.length;
};

describe('what is archived on demand', () => {
  it('goes with a whole case, comes back as a whole, and vanishes again', async () => {
    const contents = [recording(), recording()];
    const facts = audio('case-audio', { case: 'C-17' });
    const ids = await Promise.all(contents.map((content) => store(content, facts)));
    const started = await asha().jobs.archive({ case: 'C-17', reason: 'the case is closed', budget: 1 });
    const marked = await jobOf(started.jobId);
    const onItsWay = await assetOf(ids[0] ?? '');
    await pass(days(1));
    const archived = await assetOf(ids[0] ?? '');
    const refusal = await refusalOf(ids[0] ?? '');
    const asked = await asha().jobs.restore({ case: 'C-17' });
    await asha().jobs.confirm(asked.jobId);
    const underWay = await jobOf(asked.jobId);
    await pass(hours(6));
    const done = await jobOf(asked.jobId);
    const notices = running.platform.services.sns
      .recentMessages(100)
      .filter(({ message }) => message.includes(asked.jobId));
    const read = await Promise.all(ids.map(contentOf));
    await pass(days(9));
    const expired = await refusalOf(ids[0] ?? '');

    expect(marked).toMatchObject({ state: 'succeeded', result: { marked: 2 } });
    expect(onItsWay).toMatchObject({ storageClass: 'STANDARD', archiving: 'GLACIER' });
    expect(archived).toMatchObject({ storageClass: 'GLACIER', versionCount: 1 });
    expect(archived.archiving).toBeUndefined();
    expect(refusal).toMatchObject({ code: 'archived', status: 409 });
    expect(String(refusal)).toContain('GLACIER');
    expect(asked).toMatchObject({ state: 'waiting', estimate: { assets: 2, objects: 2, hours: 5, minimumDays: 90 } });
    expect(underWay).toMatchObject({ state: 'running', progress: { requested: 2, restored: 0 } });
    expect(done).toMatchObject({ state: 'succeeded', result: { requested: 2, restored: 2 } });
    expect(notices.map(({ message }) => message)).toEqual([expect.stringContaining('Everything of case C-17')]);
    expect(read.every((content, index) => content.equals(contents[index] ?? Buffer.alloc(0)))).toBe(true);
    expect(expired).toMatchObject({ code: 'archived' });
  });

  it('is refused where it costs more than it saves, or would change nothing', async () => {
    const small = await store(transcript(99), {
      class: 'transcription',
      filename: 'small.json',
      contentType: 'application/json',
      attributes: { language: 'en' },
      subject: 'speaker-1',
    });
    const refused = await asha()
      .jobs.archiveAsset(small, { reason: 'too small for it' })
      .catch((error: unknown) => error);

    expect(refused).toMatchObject({ code: 'unprocessable', status: 422 });
    expect(String(refused)).toContain('131072');
  });
});

describe('what is archived by its class', () => {
  it('lies there after ninety-one days, with the reason told, and a restore under way may be extended', async () => {
    const content = recording();
    const assetId = await store(content, audio('raw-audio'));
    await pass(days(91));
    const archived = await assetOf(assetId);
    const first = await asha().jobs.restore({ asset: assetId, days: 2, budget: 1 });
    await settle(running);
    await pass(hours(13));
    const until = (await assetOf(assetId)).restore?.until ?? '';
    const again = await asha().jobs.restore({ asset: assetId, days: 9, budget: 1 });
    const extended = await jobOf(again.jobId);
    const later = (await assetOf(assetId)).restore?.until ?? '';
    const why = await asha().retention.why(assetId);

    expect(archived.storageClass).toBe('DEEP_ARCHIVE');
    expect(await jobOf(first.jobId)).toMatchObject({ state: 'succeeded', result: { restored: 1 } });
    expect(extended).toMatchObject({ state: 'succeeded', result: { extended: 1, requested: 0 } });
    expect(later > until).toBe(true);
    expect((await contentOf(assetId)).equals(content)).toBe(true);
    expect(JSON.stringify(why)).toContain('deep-archive');
  });
});

describe('small objects', () => {
  it('are packed after a year, listed, restored by one request, fetched by range, deleted, undeleted and erased', async () => {
    const facts = (index: number): Facts => ({
      class: 'transcription',
      filename: `part-${index}.json`,
      contentType: 'application/json',
      attributes: { language: 'en' },
      subject: 'speaker-1',
    });
    const contents = Array.from({ length: 8 }, (_, index) => transcript(index));
    const ids = await Promise.all(contents.map((content, index) => store(content, facts(index))));
    const [first = '', second = '', third = ''] = ids;
    const { key } = await assetOf(first);
    await pass(days(366));
    const packed = await pack({ partly: true, dataClass: 'transcription' });
    const asset = await assetOf(first);
    const listed = await Array.fromAsync(asha().list({ class: 'transcription' }));
    const opened = await contentOf(first);
    await pass(days(1));
    const refusal = await refusalOf(first);
    const restore = await asha().jobs.restore({ class: 'transcription', tier: 'bulk', budget: 1 });
    await settle(running);
    await pass(hours(13));
    const restored = await jobOf(restore.jobId);
    const { Body } = await running.s3.send(new GetObjectCommand({ ...inVault, Key: asset.pack?.key ?? '' }));
    const body = (await Body?.transformToByteArray()) ?? new Uint8Array();
    const member = readIndex(body).members.find(({ assetId }) => assetId === second);
    if (member === undefined) throw new Error('The pack lacks a member.');
    const Range = `bytes=${member.offset}-${member.offset + member.storedBytes - 1}`;
    const range = await running.s3.send(new GetObjectCommand({ ...inVault, Key: asset.pack?.key ?? '', Range }));
    const byRange = readMember((await range.Body?.transformToByteArray()) ?? new Uint8Array(), member);

    expect(packed).toMatchObject({ summary: { state: 'succeeded' }, result: { packs: 1, packed: 9 } });
    expect(asset).toMatchObject({ state: 'stored', storageClass: 'GLACIER', key, pack: { packId: asset.packId } });
    expect(await versionsOf(key)).toEqual([]);
    expect(listed.filter(({ packId }) => packId === asset.packId)).toHaveLength(9);
    expect(opened.equals(contents[0] ?? Buffer.alloc(0))).toBe(true);
    expect(refusal).toMatchObject({ code: 'archived' });
    expect(restore).toMatchObject({ state: 'running', estimate: { assets: 9, objects: 1 } });
    expect(restored).toMatchObject({ state: 'succeeded', result: { assets: 9, requested: 1 } });
    expect(byRange.equals(contents[1] ?? Buffer.alloc(0))).toBe(true);
    expect((await contentOf(third)).equals(contents[2] ?? Buffer.alloc(0))).toBe(true);

    await asha().delete(second);
    await asha().delete(third);
    await pass(days(2));
    const deleted = await assetOf(third);
    await asha().undelete(third);
    await settle(running);
    const back = await contentOf(third);
    await asha().retention.purge(second, 'asked for by the data subject');
    await settle(running);
    const gone = await refusalOf(second);
    const rewritten = await pack();
    await settle(running);
    const { Contents = [] } = await running.s3.send(new ListObjectsV2Command({ ...inVault, Prefix: 'packs/' }));
    const moved = await assetOf(first);

    expect(deleted.state).toBe('deleted');
    expect(back.equals(contents[2] ?? Buffer.alloc(0))).toBe(true);
    expect(gone).toMatchObject({ code: 'gone' });
    expect(rewritten).toMatchObject({ summary: { state: 'succeeded' }, result: { rewritten: 1 } });
    expect(Contents.map(({ Key }) => Key)).not.toContain(asset.pack?.key);
    expect(await versionsOf(asset.pack?.key ?? '')).toEqual([]);
    expect((await contentOf(first)).equals(contents[0] ?? Buffer.alloc(0))).toBe(true);
    expect(moved.state).toBe('stored');
    expect(Contents.map(({ Key }) => Key)).toContain(moved.pack?.key);

    await running.platform.services.s3.replication.run();
    const before = [await copiesOf(key), await copiesOf(asset.pack?.key ?? '')];
    const swept = await work('sweep', { part: 'temporary' });

    expect(before).toEqual([1, 1]);
    expect(swept).toMatchObject({ summary: { state: 'succeeded' }, result: { stuck: 0 } });
    expect([await copiesOf(key), await copiesOf(asset.pack?.key ?? '')]).toEqual([0, 0]);
    expect(await copiesOf(moved.pack?.key ?? '-')).toBe(1);
  });
});
