import * as z from 'zod';
import { hashKey } from '../../../core/catalog/keys.ts';
import { dataClass } from '../../../core/data-class.ts';
import { canonicalJson, encodeFacts } from '../../../core/facts.ts';
import { factsKey, parseVaultKey, type VaultKey } from '../../../core/key-layout.ts';
import { days, isoTime } from '../../../core/time.ts';
import { createBucket, type ModelBucket } from './bucket.ts';
import type { Random } from './random.ts';
import { createTable, type ModelTable } from './table.ts';

/** What the bucket tells the queue; the names are S3's. */
export interface ModelEvent {
  readonly name: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

export interface ModelAsset {
  readonly assetId: string;
  readonly key: string;
  readonly factsKey: string;
}

export const tenant = 't1';
export const modelClass = dataClass('model-class', {
  layout: 'model/{tenant}/{assetId}/{filename}',
  accepts: [],
  maxBytes: 1,
  inspect: 'none',
  retention: { deleteAfter: days(30) },
  seal: false,
  subjects: false,
  replicate: false,
  topic: 'phrase',
  attributes: z.object({}),
});

const asset = (assetId: string): ModelAsset => ({
  assetId,
  key: `model/${tenant}/${assetId}/file`,
  factsKey: factsKey(tenant, assetId),
});

/** Two assets whose contents can be the same. */
export const assets = [asset('01HZZZZZZZZZZZZZZZZZZZZZZA'), asset('01HZZZZZZZZZZZZZZZZZZZZZZB')] as const;

const places = new Map(assets.map(({ key }) => [key, parseVaultKey([modelClass], key)]));
export const locate = (key: string): VaultKey | undefined => places.get(key);

/** The vault and the table of one history, with one clock. */
export interface World {
  readonly random: Random;
  readonly bucket: ModelBucket;
  readonly table: ModelTable;
  readonly clock: { now(): number; tick(): void };
  /** Whether objects of this history tell their facts; without, it is faster. */
  readonly withHeaders: boolean;
  /** Which assets ever had this content. */
  readonly owners: Map<string, Set<string>>;
}

export const createWorld = (random: Random): World => {
  let ms = 1_700_000_000_000;
  const clock = {
    now: () => ms,
    tick: () => {
      ms += 1000;
    },
  };
  return {
    random,
    bucket: createBucket(clock.now),
    table: createTable(clock.now),
    clock,
    withHeaders: random.chance(0.2),
    owners: new Map(),
  };
};

/** Something that a person or S3 does to the vault, and the event that follows it; undefined where it was not possible. */
export type Change = (world: World, target: ModelAsset) => ModelEvent | undefined;

const contents = ['c1', 'c2'];
const createdAt = '2026-01-01T00:00:00.000Z';

const put: Change = (world, { assetId, key }) => {
  const sha256 = world.random.pick(contents);
  const owners = world.owners.get(sha256) ?? new Set();
  world.owners.set(sha256, owners.add(assetId));
  const header = world.withHeaders ? headerOf(assetId, world.random.below(3)) : '';
  if (world.random.chance(0.5)) claim(world, assetId, key, sha256);
  const version = world.bucket.put(key, { sha256, header, body: '' });
  return { name: 'ObjectCreated:Copy', key, versionId: version.versionId };
};

/** Intake claims a content before it promotes it, unless somebody has it. */
const claim = ({ table, clock }: World, assetId: string, key: string, sha256: string): void => {
  const place = hashKey({ tenant, sha256, bytes: 1, dataClass: modelClass.name, subject: undefined, case: undefined });
  if (table.rows.has(`${place.pk}\n${place.sk}`)) return;
  table.put({ ...place, kind: 'hash', tenant, assetId, key, state: 'claimed', claimedAt: isoTime(clock.now()) });
};

const headers = new Map<string, string>();
const headerOf = (assetId: string, attribute: number): string => {
  const name = `${assetId}${attribute}`;
  const known = headers.get(name);
  if (known !== undefined) return known;
  const header = encodeFacts({
    v: 1,
    assetId,
    tenant,
    dataClass: modelClass.name,
    uploader: 'u1',
    createdAt,
    filename: 'file',
    contentType: 'audio/wav',
    attributes: { said: `upload ${attribute}` },
  });
  headers.set(name, header);
  return header;
};

const mark =
  (keyOf: (target: ModelAsset) => string): Change =>
  ({ bucket }, target) => {
    const version = bucket.mark(keyOf(target));
    return { name: 'ObjectRemoved:DeleteMarkerCreated', key: keyOf(target), versionId: version.versionId };
  };

const removeVersion =
  (keyOf: (target: ModelAsset) => string): Change =>
  ({ bucket, random }, target) => {
    const versions = bucket.versionsOf(keyOf(target));
    if (versions.length === 0) return undefined;
    const { versionId } = random.chance(0.5) ? (versions[0] ?? random.pick(versions)) : random.pick(versions);
    bucket.remove(keyOf(target), versionId);
    return { name: 'ObjectRemoved:Delete', key: keyOf(target), versionId };
  };

const removeNewestMarker: Change = ({ bucket }, { key }) => {
  const newest = bucket.versionsOf(key)[0];
  if (newest?.marker !== true) return undefined;
  bucket.remove(key, newest.versionId);
  return { name: 'ObjectRemoved:Delete', key, versionId: newest.versionId };
};

const transition: Change = ({ bucket, random }, { key }) => {
  const contentsOfKey = bucket.versionsOf(key).filter(({ marker }) => !marker);
  if (contentsOfKey.length === 0) return undefined;
  const version = random.pick(contentsOfKey);
  bucket.transition(version, random.pick(['GLACIER', 'DEEP_ARCHIVE']));
  return { name: 'LifecycleTransition', key, versionId: version.versionId };
};

const restore: Change = ({ bucket, random }, { key }) => {
  const contentsOfKey = bucket.versionsOf(key).filter(({ marker }) => !marker);
  if (contentsOfKey.length === 0) return undefined;
  const version = random.pick(contentsOfKey);
  bucket.restore(version);
  return { name: 'ObjectRestore:Completed', key, versionId: version.versionId };
};

/** Now and then a facts object is damaged, or names a key that is not its asset's. */
const putFacts: Change = (world, { assetId, key, factsKey: place }) => {
  const told = world.random.chance(0.1) ? assets[0].key : key;
  const body = world.random.chance(0.1) ? '{' : factsBody(assetId, told, world.random.below(1000));
  const version = world.bucket.put(place, { sha256: '', header: '', body });
  return { name: 'ObjectCreated:Put', key: place, versionId: version.versionId };
};

const factsBody = (assetId: string, key: string, attribute: number): string =>
  canonicalJson({
    v: 1,
    assetId,
    tenant,
    key,
    attributes: { said: `later ${attribute}` },
    updatedAt: createdAt,
    updatedBy: 'u1',
  });

/** What happens, and how often compared to the others. */
const changes: readonly (readonly [number, Change])[] = [
  [6, put],
  [3, mark(({ key }) => key)],
  [3, removeNewestMarker],
  [3, removeVersion(({ key }) => key)],
  [1, transition],
  [1, restore],
  [2, putFacts],
  [1, mark((target) => target.factsKey)],
  [1, removeVersion((target) => target.factsKey)],
];
const weighted = changes.flatMap(([weight, change]) => Array.from({ length: weight }, () => change));

/** Does something to the vault. */
export const changeSomething = (world: World): ModelEvent | undefined =>
  world.random.pick(weighted)(world, world.random.chance(0.75) ? assets[0] : assets[1]);
