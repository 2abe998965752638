import type { AssetRow } from '../../core/catalog/asset-row.ts';
import type { AssetPair } from '../../core/compare/pair.ts';
import type { HealthyAsset } from './healthy-store.ts';

/** A way to break one asset, and what a comparison has to say of it. */
export interface SeededFault {
  readonly name: string;
  /** Whether the asset can break so at all. */
  readonly fits: (asset: HealthyAsset) => boolean;
  readonly break: (asset: HealthyAsset) => AssetPair;
  readonly says: { readonly kind: string; readonly field?: string; readonly repair: 'safe' | 'ask' };
}

const always = (): boolean => true;
const isListed = ({ entry }: HealthyAsset): boolean => entry.row.summary.state !== 'gone';
const isStored = ({ entry }: HealthyAsset): boolean => entry.row.summary.state === 'stored';
const hasContent = ({ object }: HealthyAsset): boolean => object.versions.some(({ marker }) => !marker);

const withRow = (asset: HealthyAsset, change: (row: AssetRow) => AssetRow): AssetPair => ({
  ...asset,
  entry: { ...asset.entry, row: change(asset.entry.row) },
});

const withoutCompanion = (asset: HealthyAsset, kind: string): AssetPair => ({
  ...asset,
  entry: { ...asset.entry, companions: asset.entry.companions.filter((companion) => companion.kind !== kind) },
});

const mismatch = (field: string): SeededFault['says'] => ({ kind: 'mismatch', field, repair: 'safe' });
const stale = (field: string): SeededFault['says'] => ({ kind: 'stale-index', field, repair: 'safe' });

/** Faults of every kind that a key of the vault can have. */
export const seededFaults: readonly SeededFault[] = [
  {
    name: 'the row was lost',
    fits: always,
    break: ({ key, object, replica }) => ({ key, object, replica }),
    says: { kind: 'orphan', repair: 'safe' },
  },
  {
    name: 'the object was lost in both regions',
    fits: isListed,
    break: ({ key, entry }) => ({ key, entry, replica: [] }),
    says: { kind: 'phantom', repair: 'safe' },
  },
  {
    name: 'the object was lost in the first region',
    fits: isListed,
    break: ({ key, entry, replica }) => ({ key, entry, replica }),
    says: { kind: 'phantom', repair: 'ask' },
  },
  {
    name: 'the object was lost although it was locked',
    fits: isListed,
    break: ({ key, entry }) => ({
      key,
      entry: { ...entry, row: { ...entry.row, detail: { ...entry.row.detail, legalHold: true } } },
      replica: [],
    }),
    says: { kind: 'phantom', repair: 'ask' },
  },
  {
    name: 'the row has missed the newest version',
    fits: ({ entry }) => entry.row.versions.length > 1,
    break: (asset) =>
      withRow(asset, (row) => ({ ...row, versions: row.versions.slice(1), versionCount: row.versionCount - 1 })),
    says: mismatch('versions'),
  },
  {
    name: 'the row tells another size',
    fits: isListed,
    break: (asset) => withRow(asset, (row) => ({ ...row, summary: { ...row.summary, bytes: row.summary.bytes + 1 } })),
    says: mismatch('size'),
  },
  {
    name: 'the row tells another checksum',
    fits: isListed,
    break: (asset) => withRow(asset, (row) => ({ ...row, summary: { ...row.summary, sha256: 'another' } })),
    says: mismatch('sha256'),
  },
  {
    name: 'the row tells another class',
    fits: always,
    break: (asset) => withRow(asset, (row) => ({ ...row, summary: { ...row.summary, dataClass: 'another' } })),
    says: mismatch('class'),
  },
  {
    name: 'the row tells another storage class',
    fits: isListed,
    break: (asset) => withRow(asset, (row) => ({ ...row, detail: { ...row.detail, storageClass: 'GLACIER' } })),
    says: mismatch('storage-class'),
  },
  {
    name: 'a tombstone was left on what is there',
    fits: isListed,
    break: (asset) => withRow(asset, (row) => ({ ...row, summary: { ...row.summary, state: 'gone' } })),
    says: mismatch('state'),
  },
  {
    name: 'the write of many versions never ended',
    fits: always,
    break: (asset) => withRow(asset, (row) => ({ ...row, partial: true })),
    says: mismatch('partial'),
  },
  {
    name: 'a list lost the row',
    fits: isListed,
    break: (asset) => withRow(asset, ({ g1pk: _, g1sk: __, ...row }) => row),
    says: stale('g1pk'),
  },
  {
    name: 'the link of the content was lost',
    fits: isStored,
    break: (asset) => withoutCompanion(asset, 'hash'),
    says: stale('link'),
  },
  {
    name: 'the due row was lost',
    fits: ({ entry }) => entry.companions.some(({ kind }) => kind === 'due') && entry.row.detail.dueAt !== undefined,
    break: (asset) => withoutCompanion(asset, 'due'),
    says: stale('due'),
  },
  {
    name: 'a page of versions was lost',
    fits: ({ entry }) => entry.companions.some(({ kind }) => kind === 'versions'),
    break: (asset) => withoutCompanion(asset, 'versions'),
    says: stale('versions-page'),
  },
  {
    name: 'a version never reached the second region',
    fits: (asset) => hasContent(asset) && asset.dataClass.replicate,
    break: (asset) => ({ ...asset, replica: asset.replica.filter(({ marker }) => marker) }),
    says: { kind: 'unreplicated', repair: 'safe' },
  },
  {
    name: 'the second region kept what was removed here',
    fits: (asset) => hasContent(asset),
    break: ({ key, replica }) => ({ key, replica }),
    says: { kind: 'left-over', repair: 'ask' },
  },
  {
    name: 'the key belongs to no class',
    fits: always,
    break: ({ object }) => ({ key: `stray/${object.key}`, object: { ...object, key: `stray/${object.key}` } }),
    says: { kind: 'foreign-key', repair: 'ask' },
  },
];
