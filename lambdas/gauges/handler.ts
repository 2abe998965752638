import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { pricesOf } from '../../config/prices.ts';
import { statsPk, tenantsPk } from '../../core/catalog/keys.ts';
import { GaugesEnvironment } from '../../core/function-environment.ts';
import type { CountRow } from '../../core/statistics/recount.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
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

/** Once a day: how much is kept, of which class and where, and what that costs. */
export const handler = measured(meter, () => publishGauges(deps));
