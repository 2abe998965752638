import type { PriceTable } from '../../../config/prices.ts';
import type { Kept, KeptInStorageClass, KeptOfClass, KeptOfType } from '../../../core/schemas/stats.ts';
import type { KeptPart } from '../../../core/statistics/class-count-row.ts';
import { isArchive, monthlyCost } from '../../shared/storage-cost.ts';

/** Sums of counters; what is zero throughout is left out, because counters stay when nothing is left. */
export const keptInTotal = (parts: readonly KeptPart[], prices: PriceTable): Kept =>
  parts.reduce((sum, part) => plus(sum, keptIn(part, prices)), nothing);

/** By class, the largest first. */
export const keptByClass = (parts: readonly KeptPart[], prices: PriceTable): KeptOfClass[] =>
  grouped(parts, ({ dataClass }) => dataClass).map(([name, own]) => ({
    class: name,
    ...keptInTotal(own, prices),
    storageClasses: keptByStorageClass(own, prices),
    contentTypes: keptByType(own, prices),
  }));

/** By storage class, the largest first. */
export const keptByStorageClass = (parts: readonly KeptPart[], prices: PriceTable): KeptInStorageClass[] =>
  grouped(parts, ({ storageClass }) => storageClass).map(([storageClass, own]) => ({
    storageClass,
    archived: isArchive(prices, storageClass),
    ...keptInTotal(own, prices),
  }));

const keptByType = (parts: readonly KeptPart[], prices: PriceTable): KeptOfType[] =>
  grouped(parts, ({ contentType }) => contentType).map(([contentType, own]) => ({
    contentType,
    ...keptInTotal(own, prices),
  }));

const nothing: Kept = { assets: 0, deleted: 0, versions: 0, bytes: 0, noncurrentBytes: 0, monthlyCost: 0 };

const keptIn = (part: KeptPart, prices: PriceTable): Kept => {
  const { assets, deleted, versions, bytes, noncurrentBytes, storageClass } = part;
  const cost = monthlyCost(prices, { storageClass, objects: versions, bytes: bytes + noncurrentBytes });
  return { assets, deleted, versions, bytes, noncurrentBytes, monthlyCost: cost };
};

const plus = (a: Kept, b: Kept): Kept => ({
  assets: a.assets + b.assets,
  deleted: a.deleted + b.deleted,
  versions: a.versions + b.versions,
  bytes: a.bytes + b.bytes,
  noncurrentBytes: a.noncurrentBytes + b.noncurrentBytes,
  monthlyCost: a.monthlyCost + b.monthlyCost,
});

const bytesOf = (parts: readonly KeptPart[]): number =>
  parts.reduce((sum, { bytes, noncurrentBytes }) => sum + bytes + noncurrentBytes, 0);

const grouped = (
  parts: readonly KeptPart[],
  nameOf: (part: KeptPart) => string,
): (readonly [string, readonly KeptPart[]])[] =>
  [...Map.groupBy(parts, nameOf)]
    .filter(([, own]) => own.some(({ versions, deleted }) => versions > 0 || deleted > 0))
    .sort(([nameA, a], [nameB, b]) => bytesOf(b) - bytesOf(a) || (nameA < nameB ? -1 : 1));
