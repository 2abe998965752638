import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { dataClasses } from '../../config/data-classes.ts';
import { CatalogEnvironment } from '../../core/function-environment.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { systemClock } from '../../core/time.ts';
import { assetTable } from '../shared/asset-table.ts';
import { createAwaitRows } from '../shared/await-rows.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import { createWakeJob } from '../shared/wake-job.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { consume } from './consume.ts';
import type { BatchResponse } from './queue-batch.ts';
import { reportTo } from './report.ts';
import { createCountRestored, type RestoredObject, tellRestored } from './restored.ts';

const environment = parseEnvironment(CatalogEnvironment, process.env);
const meter = createMeter(environment.DEPLOYMENT, 'catalog');
const table = createTableClient();
const restored = {
  rows: createAwaitRows(table, environment.CATALOG_TABLE),
  count: createCountRestored(table, environment.CATALOG_TABLE),
  wake: createWakeJob(new LambdaClient({})),
};
const deps = {
  vault: vaultView(createS3Client(process.env), environment.VAULT_BUCKET),
  catalog: assetTable(withoutRequestLog(new DynamoDBClient()), environment.CATALOG_TABLE),
  clock: systemClock,
  locate: (key: string) => parseVaultKey(dataClasses, key),
  bucket: environment.VAULT_BUCKET,
  report: reportTo(createLog('catalog'), meter),
  restored: (object: RestoredObject) => tellRestored(object, restored),
};

/** The one writer of asset rows: brings the catalog into agreement with the vault wherever a notification points. */
export const handler = measured(
  meter,
  (event: unknown, context: { readonly getRemainingTimeInMillis: () => number }): Promise<BatchResponse> =>
    consume(event, { ...deps, remainingMs: () => context.getRemainingTimeInMillis() }),
);
