import type { AssetRow, DueRow, HashRow, VersionEntry, VersionsPage } from './asset-row.ts';
import { dueKey, hashKey, type TableKey, versionsKey } from './keys.ts';

/** A row that stands or falls with an asset row and is written in the same transaction. */
export type CompanionRow = HashRow | DueRow | VersionsPage;

/** The key of a companion, with what decides whether it may be changed. */
export interface CompanionKey {
  readonly kind: CompanionRow['kind'];
  readonly key: TableKey;
}

/** How many versions stand in an asset row and in one page beside it. */
export interface PageSizes {
  readonly inRow: number;
  readonly inPage: number;
}

/** Everything that must stand beside this asset row; `versions` is the whole list, of which the row holds the beginning. */
export const companionsOf = (
  row: AssetRow,
  versions: readonly VersionEntry[],
  sizes: PageSizes,
): readonly CompanionRow[] => [...linkOf(row), ...dueOf(row), ...pagesOf(row, versions, sizes)];

/** The keys of everything that can stand beside this asset row, found without reading anything. */
export const companionKeysOf = (row: AssetRow): readonly CompanionKey[] => [
  ...linkOf(row).map(toKey),
  ...dueOf(row).map(toKey),
  ...Array.from({ length: row.pages ?? 0 }, (_, page) => ({
    kind: 'versions' as const,
    key: versionsKey(row.tenant, row.summary.assetId, page),
  })),
];

const toKey = ({ kind, pk, sk }: CompanionRow): CompanionKey => ({ kind, key: { pk, sk } });

const linkOf = ({ tenant, summary, detail }: AssetRow): HashRow[] => {
  if (summary.state !== 'stored' || summary.sha256 === undefined) return [];
  const { assetId, sha256, bytes, dataClass, subject, case: ofCase } = summary;
  return [
    {
      ...hashKey({ tenant, sha256, bytes, dataClass, subject, case: ofCase }),
      kind: 'hash',
      tenant,
      assetId,
      key: detail.key,
      state: 'stored',
      claimedAt: detail.cataloguedAt,
      summary,
    },
  ];
};

/** A deleted asset is still due: its bytes are there. */
const dueOf = ({ tenant, summary, detail }: AssetRow): DueRow[] => {
  if (summary.state === 'gone' || detail.dueAt === undefined) return [];
  const { assetId, dataClass } = summary;
  const { key, dueAt } = detail;
  return [
    {
      ...dueKey(tenant, dueAt.slice(0, 'YYYY-MM-DD'.length), assetId),
      kind: 'due',
      tenant,
      assetId,
      dataClass,
      key,
      dueAt,
    },
  ];
};

const pagesOf = (
  { tenant, summary }: AssetRow,
  versions: readonly VersionEntry[],
  { inRow, inPage }: PageSizes,
): VersionsPage[] => {
  if (versions.length <= inRow) return [];
  const oldestFirst = versions.slice(inRow).toReversed();
  return Array.from({ length: Math.ceil(oldestFirst.length / inPage) }, (_, page) => ({
    ...versionsKey(tenant, summary.assetId, page),
    kind: 'versions',
    tenant,
    versions: oldestFirst.slice(page * inPage, (page + 1) * inPage).toReversed(),
  }));
};
