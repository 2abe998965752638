import { dataClasses } from '../../config/data-classes.ts';
import { newAssetId } from '../../core/asset-id.ts';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import type { AssetPair, CatalogEntry, CompareRules, VaultObject } from '../../core/compare/pair.ts';
import type { DataClass } from '../../core/data-class.ts';
import { encodeFacts, type Facts } from '../../core/facts.ts';
import { parseVaultKey, vaultKey } from '../../core/key-layout.ts';
import { rowOf } from '../../core/observe/row-of.ts';
import { hours, isoTime, utcDay } from '../../core/time.ts';

export const startedAt = Date.parse('2026-06-01T00:00:00.000Z');
export const now = startedAt + hours(24 * 20);
export const sizes = { inRow: 3, inPage: 2 };

/** The rules by which the tests compare. */
export const rules: CompareRules = { now, locate: (key) => parseVaultKey(dataClasses, key), sizes };

/** What an asset of a generated store is like. */
export interface AssetPlan {
  readonly classIndex: number;
  readonly tenant: string;
  /** One letter a version from the oldest on: `c` content, `m` delete marker. */
  readonly history: string;
}

/** One asset of which vault, catalog, companions and second region agree. */
export interface HealthyAsset extends Required<Pick<AssetPair, 'key' | 'replica'>> {
  readonly object: VaultObject & Required<Pick<VaultObject, 'looked'>>;
  readonly entry: CatalogEntry & Required<Pick<CatalogEntry, 'companions'>>;
  readonly dataClass: DataClass;
}

/** Makes the asset with this number; equal plans and numbers make equal assets. */
export const healthyAsset = (plan: AssetPlan, number: number): HealthyAsset => {
  const dataClass = dataClasses[plan.classIndex % dataClasses.length];
  if (dataClass === undefined) throw new Error('There are no classes.');
  const createdAt = startedAt + number * 60_000;
  const assetId = newAssetId({ now: () => createdAt, random: () => ((number * 7919) % 1000) / 1000 });
  const facts = factsOf(plan.tenant, assetId, dataClass, createdAt);
  const key = vaultKey(dataClass, { ...facts, date: utcDay(createdAt), filename: facts.filename });
  const versions = [...plan.history].map((letter, index) => versionOf(letter, number, index)).toReversed();
  const newest = versions.find(({ marker }) => !marker);
  const current = newest && {
    versionId: newest.versionId,
    at: newest.at,
    bytes: newest.bytes ?? 0,
    etag: newest.etag ?? '',
    storageClass: newest.storageClass ?? '',
    facts: encodeFacts(facts),
    sha256: `sha-of-${number}`,
  };
  const looked = { ...(current && { current }), factsFound: false };
  const seen = { identity: { tenant: plan.tenant, assetId, key, dataClass }, versions, ...looked };
  const { row, companions } = rowOf(seen, undefined, { now: createdAt, sizes });
  return { key, dataClass, object: { key, versions, looked }, entry: { key, row, companions }, replica: versions };
};

const factsOf = (tenant: string, assetId: string, dataClass: DataClass, createdAt: number): Facts => ({
  v: 1,
  assetId,
  tenant,
  dataClass: dataClass.name,
  uploader: 'u1',
  createdAt: isoTime(createdAt),
  filename: 'voice.wav',
  contentType: 'audio/wav',
  subject: 's1',
  case: 'c1',
  attributes: { language: 'de', intent: 'light' },
});

const versionOf = (letter: string, number: number, index: number): VersionEntry => {
  const base = { versionId: `v${number}-${index}`, at: isoTime(startedAt + number * 60_000 + index * 1000) };
  if (letter === 'm') return { ...base, marker: true };
  return { ...base, marker: false, bytes: 100 + index, etag: `"${number}-${index}"`, storageClass: 'STANDARD' };
};
