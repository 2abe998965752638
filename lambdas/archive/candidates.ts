import type { AssetRow, AssetSummary } from '../../core/catalog/asset-row.ts';
import { classPartition, indexNames, timeSort } from '../../core/catalog/keys.ts';
import type { DataClass } from '../../core/data-class.ts';
import type { Candidate } from '../../core/pack/build.ts';
import { fullPackBytes, fullPackMembers, maxMemberBytes } from '../../core/pack/format.ts';
import { isoTime } from '../../core/time.ts';
import type { AssetIndex, IndexPosition } from '../shared/asset-index.ts';
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

/** Gathers small, old enough objects of a class from a place in its list on, until they fill a pack or there are no more. */
export const gather = async (
  { tenant, dataClass, from, now }: { tenant: string; dataClass: DataClass; from: string | undefined; now: number },
  index: AssetIndex,
): Promise<Gathered> => {
  const partition = classPartition(tenant, dataClass.name);
  const to = isoTime(now - (dataClass.retention.coldAfter ?? Number.POSITIVE_INFINITY));
  const list = { index: indexNames.byKind, partition, from, to };
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
