import { readFileSync } from 'node:fs';
import { ListObjectVersionsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples } from '../../cli/local/sample-files.ts';
import { ServiceError } from '../../client/index.ts';
import { builtInClasses } from '../../config/built-in-classes.ts';
import { s3StorageClass } from '../../core/archive/archive-class.ts';
import { KiB } from '../../core/bytes.ts';
import { decide } from '../../core/retention/decide.ts';
import type { RetentionInputs } from '../../core/retention/inputs.ts';
import type { Asset } from '../../core/schemas/asset.ts';
import type { Hold } from '../../core/schemas/hold.ts';
import { days, isoTime } from '../../core/time.ts';
import { letSchedulesRest } from './resting.ts';
import { type RunningPlatform, runPlatform } from './running-platform.ts';
import { type Facts, freshContent, sendByPut } from './sending.ts';
import { settle } from './settling.ts';

/** Every day has its jobs, and the tests of this file tell one story. */
const story = { timeout: 600_000 };

/** An asset of the store, and what was said about it besides its class. */
interface Kept {
  readonly asset: Asset;
  readonly said: Partial<RetentionInputs>;
  /** When somebody deleted it, or sent it to the archive. */
  readonly deletedAt?: number;
  readonly archivedAt?: number;
}

/** Where something is: what the catalog and the API say, and the versions in each region, markers among them. */
interface Place {
  readonly catalog: string;
  /** Its state and when it ends, as the API explains it; of what is stored alone. */
  readonly why: string;
  readonly home: readonly string[];
  readonly second: readonly string[];
}

let running: RunningPlatform;
let second: S3Client;
let born = 0;
let hold: Hold;
let releasedAt: number | undefined;
const kept = new Map<string, Kept>();

beforeAll(async () => {
  running = await runPlatform();
  const { endpoint, regions, admin } = running.state;
  second = new S3Client({ endpoint, region: regions[1] ?? '', forcePathStyle: true, credentials: { ...admin } });
  born = running.platform.clock.now();
  await furnish();
  await settle(running);
}, 120_000);
afterAll(async () => {
  second?.destroy();
  await running?.[Symbol.asyncDispose]();
});

const now = (): number => running.platform.clock.now();
const asha = () => running.as('asha');

/** Lets time pass up to a day of the story; what runs every night, lifecycle, copies and backups have each day of it. */
const untilDay = async (day: number): Promise<void> => {
  await running.platform.travelTo(born + days(day));
  await settle(running);
};

/** What moves and ends things; what measures, compares and rehearses has run for weeks by then, and rests. */
const moving = ['sweep', 'temporary', 'pack'];

const text: Facts = { class: 'raw-text', filename: 'note.txt', contentType: 'text/plain' };
const file: Facts = { class: 'user-file', filename: 'a.bin', contentType: 'application/octet-stream' };
const transcript: Facts = {
  class: 'transcription',
  filename: 't.json',
  contentType: 'application/json',
  attributes: { language: 'en' },
};
const words = (bytes: number): Buffer => Buffer.from(JSON.stringify({ text: freshContent(bytes).toString('base64') }));
const note = (): Buffer => Buffer.from(freshContent(200).toString('base64'));

const put = async (name: string, content: Buffer, facts: Facts): Promise<void> => {
  const { assetId } = await sendByPut(running, content, {
    ...(ruleOf(facts.class)?.subjects === true && { subject: `of-${kept.size}` }),
    ...facts,
  });
  await settle(running);
  kept.set(name, { asset: (await asha().asset(assetId)).value, said: {} });
};
const say = (name: string, more: Partial<Kept>): void => void kept.set(name, { ...known(name), ...more });
const known = (name: string): Kept => {
  const found = kept.get(name);
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
};

/** Something of every class, and something for every rule. */
const furnish = async (): Promise<void> => {
  for (const { path, facts } of readSamples()) {
    if (kept.has(facts.class)) continue;
    await put(facts.class, readFileSync(path), facts);
    // One alone is never packed.
    if (packs(facts.class) && ruleOf(facts.class)?.retention.cold !== undefined)
      await put(`another ${facts.class}`, Buffer.concat([readFileSync(path), Buffer.from('\n')]), facts);
  }
  await put('temp', freshContent(), { ...file, class: 'temp' });
  const versioned = { model: 'asr', version: '1' };
  await put('model', freshContent(), { ...file, class: 'model', attributes: versioned });
  await put('held', note(), { ...text, subject: 'held' });
  await put('large transcription', words(KiB(200)), transcript);
  await put('sent to the archive', freshContent(KiB(200)), file);
  await put('deleted softly', freshContent(), file);
  await put('wanted for twenty days', words(100), {
    ...transcript,
    class: 'analysis',
    attributes: { analysis: 'mood' },
  });
  await instruct();
};

/** What the people of the store say on the first day. */
const instruct = async (): Promise<void> => {
  const { retention, jobs } = asha();
  hold = await retention.placeHold({ scope: 'subject', id: 'held', reason: 'Proceedings 4' });
  await retention.setForClass('raw-text', { deleteAfter: '60d', reason: 'Contract' });
  for (const name of ['raw-text', 'held']) say(name, { said: { tenantDeleteAfter: days(60) } });
  const wanted = known('wanted for twenty days').asset;
  await retention.setForUser(wanted.uploader, 'analysis', { deleteAfter: '20d', reason: 'My wish' });
  for (const name of ['analysis', 'wanted for twenty days']) say(name, { said: { userDeleteAfter: days(20) } });
  await jobs.archiveAsset(known('sent to the archive').asset.assetId, { reason: 'Seldom read' });
  say('sent to the archive', { archivedAt: now() });
  await asha().delete(known('deleted softly').asset.assetId);
  say('deleted softly', { deletedAt: now() });
};

const ruleOf = (name: string) => builtInClasses.find((dataClass) => dataClass.name === name);

/** When the engine ends it, and when it may go cold. */
const decisionOf = (name: string) => {
  const { asset, said } = known(name);
  const rule = ruleOf(asset.class)?.retention ?? {};
  const holds = name === 'held' ? [{ releasedAt }] : [];
  const storedAt = { bytes: asset.bytes, storageClass: 'STANDARD', isPacked: isPacked(name), classPacks: packs(name) };
  return decide({ createdAt: Date.parse(asset.createdAt), classRule: rule, holds, storedAt, ...said }, now());
};

/** What happens within two days of its time; a look in between would prove nothing. */
const settleMs = days(2);
const hasPassed = (at: number | undefined): boolean => {
  if (at === undefined || now() < at) return false;
  if (now() < at + settleMs) throw new Error(`${isoTime(now())} is too near to ${isoTime(at)} to look.`);
  return true;
};

/** Where everything has to be by what the engine decided. */
const expectedOf = (name: string): Place => {
  const { asset, deletedAt, archivedAt } = known(name);
  const decision = decisionOf(name);
  const rule = ruleOf(asset.class);
  const endsAt = Math.min(decision.deleteAt ?? Number.POSITIVE_INFINITY, deletedAt ?? Number.POSITIVE_INFINITY);
  const isShort = (rule?.retention.deleteAfter ?? days(9)) <= days(2);
  const hasEnded = hasPassed(endsAt);
  const goneAt = isShort ? endsAt : endsAt + days(30) + settleMs;
  if (hasEnded && hasPassed(goneAt)) return { catalog: 'gone', why: '', home: [], second: [] };
  const isCold = hasPassed(decision.coldAt) && asset.bytes > KiB(128);
  const cold = rule?.retention.cold;
  const storageClass = hasPassed(archivedAt) ? 'GLACIER' : isCold && cold ? s3StorageClass[cold] : 'STANDARD';
  const versions = hasEnded ? ['marker', storageClass] : [storageClass];
  const second = rule?.replicate === true ? versions : [];
  if (hasEnded) return { catalog: 'deleted', why: '', home: versions, second };
  const why = whyOf(decision.state, decision.deleteAt);
  if (isPacked(name)) return { catalog: 'packed STANDARD', why, home: [], second: [] };
  return { catalog: `stored ${storageClass}`, why, home: versions, second };
};

const whyOf = (state: string, deleteAt: number | undefined): string =>
  `${state}, ends ${deleteAt === undefined ? 'never' : isoTime(deleteAt)}`;

/** Small ones of a class that goes cold wait a month for a full pack; then they are packed as many as they are. */
const isPacked = (name: string): boolean => {
  const { asset } = known(name);
  const coldAfter = ruleOf(asset.class)?.retention.coldAfter;
  if (!packs(name) || coldAfter === undefined || asset.bytes > KiB(128)) return false;
  return hasPassed(Date.parse(asset.createdAt) + coldAfter + days(30));
};
const packs = (name: string): boolean => ruleOf(known(name).asset.class)?.compress === 'zstd';

const versionsIn = async (s3: S3Client, Bucket: string, Prefix: string): Promise<string[]> => {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix }));
  return [...DeleteMarkers.map(() => 'marker'), ...Versions.map(({ StorageClass }) => StorageClass ?? '')];
};

const toldOf = async (assetId: string): Promise<Pick<Place, 'catalog' | 'why'>> => {
  try {
    const { state, storageClass, packId } = (await asha().asset(assetId)).value;
    if (state !== 'stored') return { catalog: state, why: '' };
    const why = await asha().retention.why(assetId);
    const ends = why.deleteAt === undefined ? undefined : Date.parse(why.deleteAt);
    return { catalog: `${packId === undefined ? 'stored' : 'packed'} ${storageClass}`, why: whyOf(why.state, ends) };
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'gone') return { catalog: 'gone', why: '' };
    throw error;
  }
};

const placeOf = async (name: string): Promise<Place> => {
  const { assetId, key } = known(name).asset;
  const { buckets, replicas } = running.state;
  return {
    ...(await toldOf(assetId)),
    home: await versionsIn(running.s3, buckets.vault, key),
    second: await versionsIn(second, replicas.vault, key),
  };
};

/** What is where, and what has to be. */
const look = async () => {
  const names = [...kept.keys()];
  const places: [string, Place][] = [];
  for (const name of names) places.push([name, await placeOf(name)]);
  return {
    is: Object.fromEntries(places),
    has: Object.fromEntries(names.map((name) => [name, expectedOf(name)])),
  };
};

describe('a year of a store with every class', () => {
  it('begins with something of every class but the sealed ones, which take nothing unsealed', () => {
    const classes = new Set([...kept.values()].map(({ asset }) => asset.class));
    const open = builtInClasses.filter(({ seal }) => !seal);

    expect([...classes].sort()).toEqual(open.map(({ name }) => name).sort());
  });

  it.each([4, 25, 66])('has everything in both regions where the engine says on day %i', story, async (day) => {
    if (day > 31) letSchedulesRest(running, moving);
    await untilDay(day);
    const { is, has } = await look();

    expect(is).toEqual(has);
  });

  it('lets go of what was overdue when a hold is released and its grace is over', story, async () => {
    const before = await look();
    await asha().retention.releaseHold(hold.holdId, 'Settled');
    releasedAt = now();
    await untilDay(98);
    const { is, has } = await look();

    expect(before.has['held']).toMatchObject({ catalog: 'stored STANDARD', why: 'held, ends never' });
    expect(has['held']).toMatchObject({ catalog: 'deleted' });
    expect(is).toEqual(has);
  });

  it.each([369, 401])('has everything in both regions where the engine says on day %i', story, async (day) => {
    await untilDay(day);
    const { is, has } = await look();

    expect(is).toEqual(has);
  });
});
