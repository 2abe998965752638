import type { AssetRow } from '../../../core/catalog/asset-row.ts';
import type { CompanionRow } from '../../../core/catalog/companions.ts';
import { assetKey, type TableKey } from '../../../core/catalog/keys.ts';
import type { CatalogWrite, WriteResult } from '../../../core/observe/ports.ts';

type Row = AssetRow | CompanionRow;

/** The table with its conditional writes; every transaction is one atomic step. */
export interface ModelTable {
  readonly rows: Map<string, Row>;
  /** When a row was written last. */
  writtenAt(key: TableKey): number;
  readAsset(tenant: string, assetId: string): AssetRow | undefined;
  write(write: CatalogWrite): WriteResult;
  /** Puts a row as another function would. */
  put(row: Row): void;
  /** Removes a row as the table's TTL does: at any time after its end. */
  expire(key: TableKey): void;
}

export const nameOf = ({ pk, sk }: TableKey): string => `${pk}\n${sk}`;

export const createTable = (now: () => number): ModelTable => {
  const rows = new Map<string, Row>();
  const times = new Map<string, number>();
  const names = new Map<string, string>();
  const nameOfAsset = (tenant: string, assetId: string): string => {
    const known = names.get(assetId) ?? nameOf(assetKey(tenant, assetId));
    names.set(assetId, known);
    return known;
  };
  const readAsset = (tenant: string, assetId: string): AssetRow | undefined => {
    const row = rows.get(nameOfAsset(tenant, assetId));
    return row?.kind === 'asset' ? row : undefined;
  };
  const isFreeOrOurs = (key: TableKey, assetId: string): boolean => {
    const row = rows.get(nameOf(key));
    return row === undefined || (row.kind === 'hash' && row.assetId === assetId);
  };
  return {
    rows,
    writtenAt: (key) => times.get(nameOf(key)) ?? 0,
    readAsset,
    write({ row, expected, put, remove }) {
      const found = readAsset(row.tenant, row.summary.assetId);
      if (found?.revision !== expected) return { kind: 'moved', ...(found === undefined ? {} : { row: found }) };
      const links: TableKey[] = [
        ...put.filter(({ kind }) => kind === 'hash'),
        ...remove.filter(({ kind }) => kind === 'hash').map(({ key }) => key),
      ];
      const taken = links.filter((key) => !isFreeOrOurs(key, row.summary.assetId));
      if (taken.length > 0) return { kind: 'link-taken', links: taken };
      const name = nameOfAsset(row.tenant, row.summary.assetId);
      times.set(name, now());
      for (const { key } of remove) rows.delete(nameOf(key));
      rows.set(name, row);
      for (const item of put) rows.set(nameOf(item), item);
      return { kind: 'written' };
    },
    put: (row) => rows.set(nameOf(row), row),
    expire: (key) => rows.delete(nameOf(key)),
  };
};
