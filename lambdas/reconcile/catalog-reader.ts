import type { AssetRow } from '../../core/catalog/asset-row.ts';
import { type CompanionRow, companionsOf, type PageSizes } from '../../core/catalog/companions.ts';
import { assetKey, type TableKey } from '../../core/catalog/keys.ts';
import type { CatalogEntry, VaultObject } from '../../core/compare/pair.ts';
import type { AnyRow, BatchRead } from '../shared/batch-read.ts';

/** Which asset is meant. */
export interface AssetName {
  readonly tenant: string;
  readonly assetId: string;
}

/** The rows of these assets, each by {@link nameOf}; assets without a row are left out. */
export const readAssets = async (
  assets: readonly AssetName[],
  read: BatchRead,
): Promise<ReadonlyMap<string, AssetRow>> => {
  const rows = await read(assets.map(({ tenant, assetId }) => assetKey(tenant, assetId)));
  return new Map(
    rows.flatMap((row) =>
      isAssetRow(row) ? [[nameOf({ tenant: row.tenant, assetId: row.summary.assetId }), row]] : [],
    ),
  );
};

/** A name of an asset that can be a key of a map. */
export const nameOf = ({ tenant, assetId }: AssetName): string => `${tenant.length} ${tenant}${assetId}`;

/** The entries of rows with everything that stands where their companions should, read at once. */
export const readEntries = async (
  rows: readonly { readonly row: AssetRow; readonly object?: VaultObject | undefined }[],
  { read, sizes }: { readonly read: BatchRead; readonly sizes: PageSizes },
): Promise<readonly CatalogEntry[]> => {
  const expected = rows.map(({ row, object }) => companionsOf(row, object?.versions ?? row.versions, sizes));
  const found = await read(expected.flat().map(({ pk, sk }) => ({ pk, sk })));
  const byKey = new Map(found.map((row) => [placeOf(row), row]));
  return rows.map(({ row }, index) => ({
    key: row.detail.key,
    row,
    companions: (expected[index] ?? []).flatMap((companion) => {
      const standing = byKey.get(placeOf(companion));
      return standing !== undefined && isCompanion(standing) ? [standing] : [];
    }),
  }));
};

/** What these companions say of other assets: the rows that their links name. */
export const readHolders = async (
  entries: readonly CatalogEntry[],
  read: BatchRead,
): Promise<(tenant: string, assetId: string) => AssetRow | undefined | 'unread'> => {
  const others = entries.flatMap(({ row, companions = [] }) =>
    companions.flatMap((companion) =>
      companion.kind === 'hash' && companion.assetId !== row.summary.assetId
        ? [{ tenant: row.tenant, assetId: companion.assetId }]
        : [],
    ),
  );
  const names = new Set(others.map(nameOf));
  const holders = others.length === 0 ? new Map<string, AssetRow>() : await readAssets(others, read);
  return (tenant, assetId) => {
    const name = nameOf({ tenant, assetId });
    return names.has(name) ? holders.get(name) : 'unread';
  };
};

const placeOf = ({ pk, sk }: TableKey): string => `${pk.length} ${pk}${sk}`;

/** The kind says which of our rows it is; nobody else writes into the table. */
const isAssetRow = (row: AnyRow): row is AnyRow & AssetRow => row['kind'] === 'asset' && 'summary' in row;

const isCompanion = (row: AnyRow): row is AnyRow & CompanionRow =>
  row['kind'] === 'hash' || row['kind'] === 'due' || row['kind'] === 'versions';
