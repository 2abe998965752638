import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import { classPartition, indexNames, timeSort } from '../../core/catalog/keys.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { Candidate } from '../../core/pack/build.ts';
import { fullPackBytes, fullPackMembers, maxMemberBytes } from '../../core/pack/format.ts';
import { isoTime } from '../../core/time.ts';
import type { AssetIndex, AssetList, IndexPosition } from '../shared/asset-index.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';

/** What may go into the next pack of a class. */
export interface Gathered {
  readonly candidates: readonly Candidate[];
  readonly isFull: boolean;
  /** When the oldest of them was created. */
  readonly oldestAt: string | undefined;
  /** The sort key of the last asset that was looked at. */
  readonly end: string | undefined;
}

const pageSize = 500;
const lanes = 16;

/** What of a class is old enough, from a place in its list on. */
export const oldEnough = (
  tenant: string,
  { name, retention }: DataClass,
  { from, now }: { readonly from: string | undefined; readonly now: number },
): AssetList => {
  const to = isoTime(now - (retention.coldAfter ?? Number.POSITIVE_INFINITY));
  return { index: indexNames.byKind, partition: classPartition(tenant, name), from, to };
};

/** Gathers small objects from a list of what is old enough, until they fill a pack or there are no more. */
export const gather = async (tenant: string, list: AssetList, index: AssetIndex): Promise<Gathered> => {
  const found: AssetRow[] = [];
  let bytes = 0;
  let end: string | undefined;
  let after: IndexPosition | undefined;
  do {
    const page = await index.list(list, pageSize, after);
    const rows = await mapInParallel(page.items.filter(looksSmall), lanes, (item) => index.asset(tenant, item.assetId));
    for (const row of rows) {
      if (row === undefined || !isPackable(row)) continue;
      found.push(row);
      bytes += row.summary.bytes;
      if (isFull(found.length, bytes)) return gathered(found, true, sortOf(row.summary));
    }
    const last = page.items.at(-1);
    if (last !== undefined) end = sortOf(last);
    after = page.next;
  } while (after !== undefined);
  return gathered(found, false, end);
};

const isFull = (members: number, bytes: number): boolean => members >= fullPackMembers || bytes >= fullPackBytes;

/** What a list tells is enough to pass over most of what is packed already. */
const looksSmall = ({ state, bytes, packId }: AssetSummary): boolean =>
  state === 'stored' && bytes <= maxMemberBytes && packId === undefined;

/** The only version there is, and nobody holds it. */
const isPackable = ({ summary, detail, versionCount }: AssetRow): boolean =>
  looksSmall(summary) &&
  versionCount === 1 &&
  detail.currentVersionId !== undefined &&
  detail.legalHold === undefined &&
  detail.retainUntil === undefined;

const gathered = (rows: readonly AssetRow[], full: boolean, end: string | undefined): Gathered => ({
  candidates: rows.map(({ summary, detail }) => ({
    assetId: summary.assetId,
    key: detail.key,
    versionId: detail.currentVersionId ?? '',
  })),
  isFull: full,
  oldestAt: rows[0]?.summary.createdAt,
  end,
});

const sortOf = ({ createdAt, assetId }: AssetSummary): string => timeSort(createdAt, assetId);
