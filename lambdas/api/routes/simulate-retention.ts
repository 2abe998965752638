import { type PriceTable, storagePrice } from '../../../config/prices.ts';
import type { ColdStorage } from '../../../core/data-class.ts';
import { type SimulatedPrice, simulate } from '../../../core/retention/simulate.ts';
import { RetentionSimulation, SimulateRetention } from '../../../core/schemas/retention.ts';
import { days } from '../../../core/time.ts';
import { openCursor, pageBody } from '../cursor.ts';
import { endpoint } from '../endpoint.ts';
import { simulationPage } from '../retention/simulation-page.ts';

/** What another rule of a class would do to the assets that are there. */
export const simulateRetention = endpoint({
  operation: 'simulateRetention',
  summary: 'Simulate a change of retention',
  description:
    'Changes nothing. Each call looks at up to 1,000 assets of the classes that are named and answers what the change would do to these; follow `cursor` with the same body and add up.',
  shapes: { body: SimulateRetention },
  answers: { 200: RetentionSimulation },
  errors: ['not-found', 'unprocessable'],
  run: async ({ body: { changes, days: ahead, cursor }, caller }, services) => {
    const { clock, prices, undeleteWindowMs } = services;
    const scope = { operation: 'simulateRetention', caller, query: { changes, ahead } };
    const page = await simulationPage(changes, await openCursor(cursor, scope, services), caller, services);
    const terms = { now: clock.now(), horizonMs: days(ahead), undeleteWindowMs, ...storagePrices(prices) };
    const { days: byDay, ...found } = simulate(page.assets, terms);
    const { items: _items, ...more } = await pageBody({ items: [], next: page.next }, scope, services);
    const body: RetentionSimulation = {
      ...found,
      days: [...byDay].sort(([a], [b]) => a.localeCompare(b)).map(([day, counts]) => ({ day, ...counts })),
      currency: prices.currency,
      pricesAsOf: prices.asOf,
      ...more,
    };
    return { status: 200, body };
  },
});

const storageClasses: Record<ColdStorage, string> = {
  'standard-ia': 'STANDARD_IA',
  'glacier-ir': 'GLACIER_IR',
  glacier: 'GLACIER',
  'deep-archive': 'DEEP_ARCHIVE',
};

const storagePrices = (
  prices: PriceTable,
): { readonly standard: SimulatedPrice; readonly cold: Readonly<Record<ColdStorage, SimulatedPrice>> } => {
  const priceOf = (name: ColdStorage): SimulatedPrice => storagePrice(prices, storageClasses[name]);
  return {
    standard: storagePrice(prices, 'STANDARD'),
    cold: {
      'standard-ia': priceOf('standard-ia'),
      'glacier-ir': priceOf('glacier-ir'),
      glacier: priceOf('glacier'),
      'deep-archive': priceOf('deep-archive'),
    },
  };
};
