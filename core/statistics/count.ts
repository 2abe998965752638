import type { AssetRow, VersionEntry } from '../catalog/asset-row.ts';
import { classCountKey, type TableKey, uploaderCountKey } from '../catalog/keys.ts';

/** What is kept of one class in one storage class and of one content type. */
export interface ClassCount {
  /** Assets whose newest version is content. */
  readonly assets: number;
  /** Assets whose newest version is a delete marker above content. */
  readonly deleted: number;
  /** Versions that are content. */
  readonly versions: number;
  /** Bytes of the current versions of stored assets. */
  readonly bytes: number;
  /** Bytes of all other versions, those of deleted assets included. */
  readonly noncurrentBytes: number;
}

/** What one uploader keeps: current versions of stored assets. */
export type UploaderCount = Pick<ClassCount, 'assets' | 'bytes'>;

/** Numbers to add to one counter row. */
export interface Count {
  readonly key: TableKey;
  readonly tenant: string;
  readonly add: Readonly<Record<string, number>>;
}

const maxContentType = 100;

/** The content type without its parameters, so that `text/plain; charset=utf-8` and `text/plain` are one. */
export const plainContentType = (contentType: string): string =>
  contentType.split(';')[0]?.trim().toLowerCase().slice(0, maxContentType) || 'application/octet-stream';

/** What one asset row adds to the counters; nothing where there is no row, or nothing is left of the asset. */
export const countsOf = (row: AssetRow | undefined): readonly Count[] => {
  if (row === undefined || row.summary.state === 'gone') return [];
  const { tenant, summary } = row;
  const byStorage = byStorageClass(row);
  const { dataClass } = summary;
  const contentType = plainContentType(summary.contentType);
  const counts: Count[] = [...byStorage].map(([storageClass, add]) => ({
    key: classCountKey(tenant, { dataClass, storageClass, contentType }),
    tenant,
    add,
  }));
  if (summary.state === 'stored' && summary.uploader !== '') {
    counts.push({
      key: uploaderCountKey(tenant, summary.uploader),
      tenant,
      add: { assets: 1, bytes: summary.bytes },
    });
  }
  return counts;
};

/** Each version counts where it lies: an old version may be archived while the current one is not. */
const byStorageClass = ({ summary, detail, versions, older = {} }: AssetRow): Map<string, Record<string, number>> => {
  const found = new Map<string, Record<string, number>>();
  const add = (storageClass: string, numbers: Partial<ClassCount>): void => {
    const known = found.get(storageClass) ?? {};
    for (const [name, value] of Object.entries(numbers)) known[name] = (known[name] ?? 0) + value;
    found.set(storageClass, known);
  };
  const stored = summary.state === 'stored';
  const isCurrent = ({ versionId }: VersionEntry): boolean => stored && versionId === detail.currentVersionId;
  add(detail.storageClass, stored ? { assets: 1, versions: 1, bytes: summary.bytes } : { deleted: 1 });
  for (const version of versions) {
    if (version.marker || isCurrent(version)) continue;
    add(version.storageClass ?? detail.storageClass, { versions: 1, noncurrentBytes: version.bytes ?? 0 });
  }
  for (const [storageClass, { versions: count, bytes }] of Object.entries(older))
    add(storageClass, { versions: count, noncurrentBytes: bytes });
  return found;
};

/** All that is kept of an asset: whether it is stored, and every byte of every version. */
export const keptOf = (row: AssetRow | undefined): { readonly assets: number; readonly bytes: number } => {
  if (row === undefined || row.summary.state === 'gone') return { assets: 0, bytes: 0 };
  const numbers = [...byStorageClass(row).values()];
  const bytes = numbers.reduce((sum, add) => sum + (add['bytes'] ?? 0) + (add['noncurrentBytes'] ?? 0), 0);
  return { assets: row.summary.state === 'stored' ? 1 : 0, bytes };
};
