import { type PriceTable, storagePrice } from '../../config/prices.ts';

const gigabyte = 1024 ** 3;

/** What lies in one storage class. */
export interface Lying {
  readonly storageClass: string;
  readonly objects: number;
  readonly bytes: number;
}

/** What storing this costs a month, overheads and the smallest billed size included; requests and retrievals are not. */
export const monthlyCost = (prices: PriceTable, { storageClass, objects, bytes }: Lying): number => {
  const price = storagePrice(prices, storageClass);
  const billed = Math.max(bytes, objects * price.minimumBytes) + objects * price.overhead.ownBytes;
  return (
    (billed / gigabyte) * price.perGbMonth +
    ((objects * price.overhead.standardBytes) / gigabyte) * prices.storage.STANDARD.perGbMonth +
    (objects / 1000) * price.monitoringPerThousandObjects
  );
};

/** True for a class that has to be restored before it can be read. */
export const isArchive = (prices: PriceTable, storageClass: string): boolean =>
  storagePrice(prices, storageClass).restore !== undefined;
