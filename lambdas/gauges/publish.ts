import type { PriceTable } from '../../config/prices.ts';
import { metricNames } from '../../core/metric-names.ts';
import { keptPart } from '../../core/statistics/class-count-row.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import type { Log } from '../shared/logger.ts';
import type { Meter } from '../shared/metrics.ts';
import { createSums } from './sums.ts';

/** What the gauges are made from. */
export interface GaugeDeps {
  /** Every tenant of the deployment. */
  readonly tenants: () => AsyncIterable<string>;
  /** The counters of one tenant. */
  readonly counters: (tenant: string) => Promise<readonly CountRow[]>;
  readonly prices: PriceTable;
  readonly meter: Meter;
  readonly log: Log;
}

/**
 * Tells CloudWatch what is kept: sums over all tenants, since each further dimension is a metric that is paid for, and of each
 * tenant one line in the log, over which Logs Insights can ask.
 */
export const publishGauges = async (deps: GaugeDeps): Promise<{ readonly tenants: number }> => {
  const { meter, log } = deps;
  const sums = createSums(deps.prices);
  let tenants = 0;
  for await (const tenant of deps.tenants()) {
    const parts = (await deps.counters(tenant)).flatMap((row) => keptPart(row) ?? []);
    sums.add(parts);
    tenants += 1;
    const total = (name: 'assets' | 'bytes' | 'noncurrentBytes') => parts.reduce((sum, part) => sum + part[name], 0);
    log.info('kept', { tenant, assets: total('assets'), bytes: total('bytes') + total('noncurrentBytes') });
  }
  for (const [name, sum] of sums.byClass()) {
    meter.count(metricNames.assetsKept, sum.assets, { class: name });
    meter.count(metricNames.monthlyCost, sum.monthlyCost, { class: name });
    for (const [storageClass, bytes] of Object.entries(sum.bytesByStorageClass))
      meter.bytes(metricNames.bytesKept, bytes, { class: name, storageClass });
  }
  return { tenants };
};
