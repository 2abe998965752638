import { Stats, StatsQuery } from '../../../core/schemas/stats.ts';
import { keptPart, plainSegment } from '../../../core/statistics/class-count-row.ts';
import { days, utcDay } from '../../../core/time.ts';
import { endpoint } from '../endpoint.ts';
import { growthOf } from '../statistics/growth.ts';
import { keptByClass, keptByStorageClass, keptInTotal } from '../statistics/kept.ts';

/** What the tenant keeps, what it costs and how it grows. */
export const getStats = endpoint({
  operation: 'getStats',
  summary: 'Statistics of the tenant',
  description:
    'What is kept by class, storage class and content type, with an estimate of its cost, and the growth of the last days with a straight line into the future. The counters follow the catalog within seconds.',
  shapes: { query: StatsQuery },
  answers: { 200: Stats },
  run: async ({ query, caller: { tenant } }, { statistics, prices, clock }) => {
    const to = clock.now();
    const [counters, growth] = await Promise.all([
      statistics.classes(tenant),
      statistics.growth(tenant, utcDay(to - days(query.days - 1)), utcDay(to)),
    ]);
    const parts = counters.flatMap((row) => keptPart(row) ?? []);
    const chosen = query.class === undefined ? parts : parts.filter(({ dataClass }) => dataClass === query.class);
    const total = keptInTotal(chosen, prices);
    const grown = growth.filter(({ sk }) => query.class === undefined || plainSegment(sk.slice(11)) === query.class);
    const asOf = parts.map(({ updatedAt }) => updatedAt).reduce((a, b) => (a > b ? a : b), '');
    const { region, currency, asOf: priced, source, estimates } = prices;
    const body: Stats = {
      tenant,
      ...(asOf !== '' && { asOf }),
      total,
      classes: keptByClass(chosen, prices),
      storageClasses: keptByStorageClass(chosen, prices),
      growth: growthOf(grown, total.bytes + total.noncurrentBytes),
      prices: { region, currency, asOf: priced, source, estimated: estimates.length > 0 },
    };
    return { status: 200, body };
  },
});
