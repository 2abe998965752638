import { LambdaClient } from '@aws-sdk/client-lambda';
import { SNSClient } from '@aws-sdk/client-sns';
import { RestoreEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createAssetIndex } from '../shared/asset-index.ts';
import { createAwaitRows } from '../shared/await-rows.ts';
import { durableJobs } from '../shared/durable/job.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { createLookAgain } from '../shared/look-again.ts';
import { createMeter } from '../shared/metrics.ts';
import { requestRestore } from '../shared/request-restore.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createWakeJob } from '../shared/wake-job.ts';
import { createIsThere } from './late-look.ts';
import { createNotify } from './notify.ts';
import { type RestoreDeps, restoreJob } from './restore-job.ts';

const environment = parseEnvironment(RestoreEnvironment, process.env);
const { CATALOG_TABLE: table, VAULT_BUCKET: bucket } = environment;
const client = createTableClient();
const s3 = createS3Client(process.env);
const meter = createMeter(environment.DEPLOYMENT, 'restore');

/** Brings readable copies back from the archive. */
export const handler = durableJobs<RestoreDeps>({
  jobs: { restore: restoreJob },
  deps: {
    index: createAssetIndex(client, table),
    rows: createAwaitRows(client, table),
    request: (copy) => requestRestore(s3, bucket, copy),
    lookAgain: createLookAgain(environment.CATALOG_QUEUE_URL, bucket),
    isThere: createIsThere(s3, bucket),
    wake: createWakeJob(new LambdaClient({})),
    notify: createNotify(new SNSClient({}), environment.NOTICES_TOPIC),
    meter,
  },
  table: createJobTable(client, table),
  log: createLog('restore'),
  meter,
  clock: systemClock,
});
