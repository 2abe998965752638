import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { dataClasses } from '../../config/data-classes.ts';
import { CatalogEnvironment } from '../../core/function-environment.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { systemClock } from '../../core/time.ts';
import { assetTable } from '../shared/asset-table.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { consume } from './consume.ts';
import type { BatchResponse } from './queue-batch.ts';
import { reportTo } from './report.ts';
import { createTellRestored } from './restored.ts';

const environment = parseEnvironment(CatalogEnvironment, process.env);
const meter = createMeter(environment.DEPLOYMENT, 'catalog');
const table = withoutRequestLog(new DynamoDBClient());
const deps = {
  vault: vaultView(createS3Client(process.env), environment.VAULT_BUCKET),
  catalog: assetTable(table, environment.CATALOG_TABLE),
  clock: systemClock,
  locate: (key: string) => parseVaultKey(dataClasses, key),
  bucket: environment.VAULT_BUCKET,
  report: reportTo(createLog('catalog'), meter),
  restored: createTellRestored(table, environment.CATALOG_TABLE, systemClock),
};

/** The one writer of asset rows: brings the catalog into agreement with the vault wherever a notification points. */
export const handler = measured(
  meter,
  (event: unknown, context: { readonly getRemainingTimeInMillis: () => number }): Promise<BatchResponse> =>
    consume(event, { ...deps, remainingMs: () => context.getRemainingTimeInMillis() }),
);
