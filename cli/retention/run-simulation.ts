import type { Mediakeep } from '../../client/index.ts';
import { addSimulations, type Simulation } from '../../client/retention.ts';
import { amount } from '../../core/amount.ts';
import type { SimulateRetention } from '../../core/schemas/retention.ts';
import { formatBytes, type Output, table } from '../output.ts';

/** Sums a simulation over the catalog and shows it: first the sums, then the days on which something happens. */
export const runSimulation = async (
  { retention }: Mediakeep,
  change: Pick<SimulateRetention, 'changes' | 'days'>,
  output: Output,
): Promise<void> => {
  let sum: Simulation | undefined;
  for await (const page of retention.simulate(change)) {
    sum = sum === undefined ? page : addSimulations(sum, page);
    output.terminal?.write(`\r${amount(sum.assets, 'asset')} looked at`);
  }
  output.terminal?.write('\r\u001b[K');
  if (sum === undefined) return;
  output.data(sum);
  for (const line of sumLines(sum, change.days)) output.line(line);
  for (const line of table(['DAY', 'DELETED', 'BYTES', 'ARCHIVED', 'BYTES'], sum.days.map(dayRow))) output.line(line);
};

const sumLines = ({ assets, bytes, held, changed, before, after, pricesAsOf }: Simulation, days: number): string[] => {
  const saved = before.cost - after.cost;
  const verdict = saved >= 0 ? `saves ${dollars(saved)}` : `costs ${dollars(-saved)} more`;
  return [
    `${amount(assets, 'asset')} (${formatBytes(bytes)}) looked at; the change makes a difference for ${changed}; held: ${held}.`,
    `Within ${amount(days, 'day')}: ${counted('deleted', before, after)}, ${counted('archived', before, after)}.`,
    `Storage and transitions: ${dollars(before.cost)} before, ${dollars(after.cost)} after: it ${verdict} (prices of ${pricesAsOf}).`,
  ];
};

const counted = (what: 'deleted' | 'archived', before: Simulation['before'], after: Simulation['after']): string =>
  `${after[what].assets} ${what} instead of ${before[what].assets}`;

const dollars = (amount: number): string => `$${amount.toFixed(amount < 1 ? 4 : 2)}`;

const dayRow = ({ day, deleted, archived }: Simulation['days'][number]): (string | number)[] => [
  day,
  deleted.assets,
  formatBytes(deleted.bytes),
  archived.assets,
  formatBytes(archived.bytes),
];
