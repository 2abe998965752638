import { describe, expect, it } from 'vitest';
import { pricesOf } from '../../config/prices.ts';
import { archiveEstimate, type Counted, restoreEstimate, tallyOf } from '../../core/restore/estimate.ts';

const prices = pricesOf('us-east-1');
const GiB = 1024 ** 3;
const everything = () => true;
const asset = (storageClass: string, bytes: number, packId?: string): Counted => ({
  state: 'stored',
  storageClass,
  bytes,
  ...(packId === undefined ? {} : { packId }),
});
const estimateOf = (assets: readonly Counted[], tier: 'Expedited' | 'Standard' | 'Bulk', days = 30) =>
  restoreEstimate(
    tallyOf(assets, everything, () => GiB),
    { tier, days },
    prices,
  );

describe('what a restore costs', () => {
  it('is requests, retrieval and the copies for their days', () => {
    const hundred = Array.from({ length: 100 }, () => asset('GLACIER', GiB));

    expect(estimateOf(hundred, 'Standard')).toMatchObject({
      assets: 100,
      objects: 100,
      bytes: 100 * GiB,
      hours: 5,
      cost: { requests: 0.005, retrieval: 1, copies: 2.3, total: 3.305, currency: 'USD', asOf: '2025-10' },
      minimumDays: 90,
    });
  });

  it('takes as long as the slowest class', () => {
    expect(estimateOf([asset('GLACIER', 1), asset('DEEP_ARCHIVE', 1)], 'Standard')).toMatchObject({ hours: 12 });
  });

  it('names the class that lacks the tier, and those that it knows', () => {
    expect(estimateOf([asset('GLACIER', 1), asset('DEEP_ARCHIVE', 1)], 'Expedited')).toEqual({
      storageClass: 'DEEP_ARCHIVE',
      tiers: ['Standard', 'Bulk'],
    });
  });

  it('counts a pack once, with all of its bytes', () => {
    const members = Array.from({ length: 1_000 }, () => asset('GLACIER', 2_000, 'p1'));

    expect(estimateOf(members, 'Bulk')).toMatchObject({ assets: 1_000, objects: 1, bytes: GiB });
  });

  it('asks nothing for what INTELLIGENT_TIERING may have to bring back', () => {
    expect(estimateOf([asset('INTELLIGENT_TIERING', GiB)], 'Standard', 1)).toMatchObject({
      objects: 1,
      cost: { requests: 0, retrieval: 0 },
    });
  });

  it('says where prices are estimates', () => {
    const tally = tallyOf([asset('GLACIER', 1)], everything);

    expect(restoreEstimate(tally, { tier: 'Bulk', days: 1 }, pricesOf('eu-west-3'))).toMatchObject({
      cost: { estimated: true },
    });
  });
});

describe('what an archiving costs and saves', () => {
  it('compares a month before and after, and tells the charge of the shortest time', () => {
    const assets = Array.from({ length: 1_000 }, () => asset('STANDARD', GiB));
    const estimate = archiveEstimate(tallyOf(assets, everything), 'DEEP_ARCHIVE', prices);

    expect(estimate).toMatchObject({
      objects: 1_000,
      hours: 48,
      cost: { requests: 0.05, total: 0.05, perMonthBefore: 23 },
      minimumDays: 180,
    });
    expect(estimate.cost.perMonthAfter).toBeLessThan(1.1);
    expect(estimate.minimumCharge).toBeCloseTo(6 * (estimate.cost.perMonthAfter ?? 0), 2);
  });

  it('counts what stays as it is', () => {
    const tally = tallyOf(
      [asset('STANDARD', 1), asset('GLACIER', 1)],
      ({ storageClass }) => storageClass === 'STANDARD',
    );

    expect(archiveEstimate(tally, 'GLACIER', prices)).toMatchObject({ assets: 1, untouched: 1 });
  });
});
