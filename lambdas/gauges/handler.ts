import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { dataClasses } from '../../config/data-classes.ts';
import { pricesOf } from '../../config/prices.ts';
import { statsPk, tenantsPk } from '../../core/catalog/keys.ts';
import { GaugesEnvironment } from '../../core/function-environment.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import { systemClock } from '../../core/time.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { readArrivals } from './arrivals.ts';
import { publishGauges } from './publish.ts';

const environment = parseEnvironment(GaugesEnvironment, process.env);
const client = createTableClient();
const meter = createMeter(environment.DEPLOYMENT, 'gauges');

async function* partition(pk: string): AsyncGenerator<Record<string, unknown>> {
  const input = {
    TableName: environment.CATALOG_TABLE,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
  };
  for await (const { Items = [] } of paginateQuery({ client }, input)) yield* Items;
}

async function* tenants(): AsyncGenerator<string> {
  for await (const { sk } of partition(tenantsPk)) if (typeof sk === 'string') yield sk;
}

const isCount = (row: Record<string, unknown>): row is CountRow => row['kind'] === 'count';

const deps = {
  tenants,
  counters: async (tenant: string) => (await Array.fromAsync(partition(statsPk(tenant)))).filter(isCount),
  prices: pricesOf(process.env['AWS_REGION'] ?? ''),
  meter,
  log: createLog('gauges'),
};

const cloudWatch = withoutRequestLog(new CloudWatchClient({ maxAttempts: 4 }));
const Call = z.looseObject({ look: z.enum(['kept', 'arrivals']).default('kept') });

/**
 * Once a day: how much is kept, of which class and where, and what that costs. Once an hour: of which classes nothing comes
 * though something usually does.
 */
export const handler = measured(meter, async (event: unknown) => {
  const { look } = Call.parse(event ?? {});
  if (look === 'kept') return publishGauges(deps);
  const classes = dataClasses.map(({ name }) => name);
  const arrivals = await readArrivals(cloudWatch, {
    deployment: environment.DEPLOYMENT,
    classes,
    nowMs: systemClock.now(),
  });
  const missing = arrivals.filter((arrival) => arrival.missing).map(({ name }) => name);
  // Nothing is told of the others: each would be a metric to pay for.
  for (const name of missing) meter.count(metricNames.arrivalsMissing, 1, { class: name });
  return { missing };
});
