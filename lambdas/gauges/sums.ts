import type { PriceTable } from '../../config/prices.ts';
import type { KeptPart } from '../../core/statistics/class-count-row.ts';
import { monthlyCost } from '../shared/storage-cost.ts';

/** What is kept of one class over all tenants. */
export interface ClassSum {
  readonly assets: number;
  readonly monthlyCost: number;
  readonly bytesByStorageClass: Readonly<Record<string, number>>;
}

/** Adds counters up as they come, tenant by tenant. */
export interface Sums {
  add(parts: readonly KeptPart[]): void;
  byClass(): ReadonlyMap<string, ClassSum>;
}

export const createSums = (prices: PriceTable): Sums => {
  const sums = new Map<string, ClassSum>();
  return {
    add(parts) {
      for (const part of parts) sums.set(part.dataClass, plus(sums.get(part.dataClass) ?? nothing, part, prices));
    },
    byClass: () => sums,
  };
};

const nothing: ClassSum = { assets: 0, monthlyCost: 0, bytesByStorageClass: {} };

const plus = (sum: ClassSum, part: KeptPart, prices: PriceTable): ClassSum => {
  const { storageClass, versions } = part;
  const bytes = part.bytes + part.noncurrentBytes;
  const known = sum.bytesByStorageClass[storageClass] ?? 0;
  return {
    assets: sum.assets + part.assets,
    monthlyCost: sum.monthlyCost + monthlyCost(prices, { storageClass, objects: versions, bytes }),
    bytesByStorageClass: { ...sum.bytesByStorageClass, [storageClass]: known + bytes },
  };
};
