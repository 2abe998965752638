import type { AssetSummary } from '../catalog/asset-row.ts';
import type { JobEstimate } from '../schemas/job.ts';

/** What an estimate needs of a price table. */
export interface ArchivePrices {
  readonly asOf: string;
  readonly estimates: readonly string[];
  readonly storage: Readonly<Record<string, ClassPrice>>;
}

interface ClassPrice {
  readonly perGbMonth: number;
  readonly perThousandTransitions: number;
  readonly minimumDays: number;
  readonly overhead: { readonly ownBytes: number; readonly standardBytes: number };
  readonly restore?: Readonly<
    Partial<Record<Tier, { readonly perGb: number; readonly perThousandRequests: number; readonly hours: number }>>
  >;
}

/** The tiers as S3 names them. */
export type Tier = 'Expedited' | 'Standard' | 'Bulk';

/** What a scope holds, by storage class; a pack counts once, with all of its bytes. */
export interface Tally {
  readonly assets: number;
  readonly untouched: number;
  readonly byStorageClass: Readonly<Record<string, { readonly objects: number; readonly bytes: number }>>;
}

/** An asset as it is counted: where its bytes are, and in which pack. */
export type Counted = Pick<AssetSummary, 'bytes' | 'storageClass' | 'packId' | 'state'>;

/** Counts what a job would touch; `bytesOfPack` is what a whole pack takes. */
export const tallyOf = (
  summaries: readonly Counted[],
  touches: (summary: Counted) => boolean,
  bytesOfPack: (packId: string) => number = () => 0,
): Tally => {
  const byStorageClass: Record<string, { objects: number; bytes: number }> = {};
  const packs = new Set<string>();
  let assets = 0;
  for (const summary of summaries) {
    if (!touches(summary)) continue;
    assets += 1;
    const { packId, storageClass = 'STANDARD', bytes } = summary;
    if (packId !== undefined && packs.has(packId)) continue;
    if (packId !== undefined) packs.add(packId);
    const known = byStorageClass[storageClass] ?? { objects: 0, bytes: 0 };
    byStorageClass[storageClass] = {
      objects: known.objects + 1,
      bytes: known.bytes + (packId === undefined ? bytes : bytesOfPack(packId)),
    };
  }
  return { assets, untouched: summaries.length - assets, byStorageClass };
};

/** The storage class has no such tier. */
export interface TierMissing {
  readonly storageClass: string;
  readonly tiers: readonly string[];
}

/** What bringing readable copies of all that back takes and costs, for as long as they stay. */
export const restoreEstimate = (
  tally: Tally,
  { tier, days }: { readonly tier: Tier; readonly days: number },
  prices: ArchivePrices,
): JobEstimate | TierMissing => {
  let requests = 0;
  let retrieval = 0;
  let hours = 0;
  for (const [storageClass, { objects, bytes }] of Object.entries(tally.byStorageClass)) {
    const tiers = prices.storage[storageClass]?.restore;
    if (tiers === undefined) continue;
    const price = tiers[tier];
    if (price === undefined) return { storageClass, tiers: Object.keys(tiers) };
    requests += (objects / 1000) * price.perThousandRequests;
    retrieval += gigabytes(bytes) * price.perGb;
    hours = Math.max(hours, price.hours);
  }
  const { objects, bytes } = sumOf(tally);
  const copies = (gigabytes(bytes) * standardPrice(prices) * days) / daysPerMonth;
  return {
    ...headOf(tally, prices),
    objects,
    bytes,
    hours,
    cost: costOf({ requests, retrieval, copies }, prices),
  };
};

/** What moving all that to a colder class takes, costs and saves. */
export const archiveEstimate = (tally: Tally, target: string, prices: ArchivePrices): JobEstimate => {
  const { objects, bytes } = sumOf(tally);
  const cold = prices.storage[target];
  const requests = (objects / 1000) * (cold?.perThousandTransitions ?? 0);
  const perMonthBefore = Object.entries(tally.byStorageClass).reduce(
    (sum, [name, held]) => sum + gigabytes(held.bytes) * (prices.storage[name]?.perGbMonth ?? standardPrice(prices)),
    0,
  );
  const perMonthAfter = monthOf({ objects, bytes }, target, prices);
  const minimumDays = cold?.minimumDays ?? 0;
  return {
    ...headOf(tally, prices),
    objects,
    bytes,
    // S3 runs its rules once a day and may take another.
    hours: objects === 0 ? 0 : 48,
    cost: {
      ...costOf({ requests }, prices),
      perMonthBefore: dollars(perMonthBefore),
      perMonthAfter: dollars(perMonthAfter),
    },
    minimumDays,
    minimumCharge: dollars((perMonthAfter * minimumDays) / daysPerMonth),
  };
};

const daysPerMonth = 30;

/** The longest minimum of the classes that are touched, and what it costs. */
const headOf = ({ assets, untouched, byStorageClass }: Tally, prices: ArchivePrices) => {
  const held = Object.entries(byStorageClass);
  const charge = held.reduce((sum, [name, each]) => {
    const { minimumDays = 0 } = prices.storage[name] ?? {};
    return sum + (monthOf(each, name, prices) * minimumDays) / daysPerMonth;
  }, 0);
  return {
    assets,
    untouched,
    byStorageClass: Object.fromEntries(held),
    minimumDays: Math.max(0, ...held.map(([name]) => prices.storage[name]?.minimumDays ?? 0)),
    minimumCharge: dollars(charge),
  };
};

const monthOf = (
  { objects, bytes }: { readonly objects: number; readonly bytes: number },
  name: string,
  prices: ArchivePrices,
): number => {
  const { perGbMonth = standardPrice(prices), overhead = { ownBytes: 0, standardBytes: 0 } } =
    prices.storage[name] ?? {};
  const own = gigabytes(bytes + objects * overhead.ownBytes) * perGbMonth;
  return own + gigabytes(objects * overhead.standardBytes) * standardPrice(prices);
};

const costOf = (
  parts: { readonly requests: number; readonly retrieval?: number; readonly copies?: number },
  { asOf, estimates }: ArchivePrices,
): JobEstimate['cost'] => ({
  currency: 'USD',
  total: dollars(Object.values(parts).reduce((sum, part) => sum + part, 0)),
  requests: dollars(parts.requests),
  ...(parts.retrieval === undefined ? {} : { retrieval: dollars(parts.retrieval) }),
  ...(parts.copies === undefined ? {} : { copies: dollars(parts.copies) }),
  asOf,
  estimated: estimates.length > 0,
});

const sumOf = ({ byStorageClass }: Tally): { objects: number; bytes: number } =>
  Object.values(byStorageClass).reduce(
    (sum, { objects, bytes }) => ({ objects: sum.objects + objects, bytes: sum.bytes + bytes }),
    { objects: 0, bytes: 0 },
  );

const standardPrice = ({ storage }: ArchivePrices): number => storage['STANDARD']?.perGbMonth ?? 0;
const gigabytes = (bytes: number): number => bytes / 1024 ** 3;
/** To the ten-thousandth, upwards: an estimate that is kept to must not be exceeded by its rounding. */
const dollars = (amount: number): number => Math.max(0, Math.ceil(amount * 10_000 - 1e-9)) / 10_000;
