import { HoldEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createAssetIndex } from '../shared/asset-index.ts';
import { createDueTable } from '../shared/due-table.ts';
import { durableJobs } from '../shared/durable/job.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createHoldRows } from '../shared/hold-rows.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { createLookAgain } from '../shared/look-again.ts';
import { createMeter } from '../shared/metrics.ts';
import { createRetentionTable } from '../shared/retention-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createByteHolds } from './cover.ts';
import { holdJob } from './hold-job.ts';
import { createPackMembers } from './pack-members.ts';

const environment = parseEnvironment(HoldEnvironment, process.env);
const { CATALOG_TABLE: table, VAULT_BUCKET: bucket, CATALOG_QUEUE_URL: queueUrl } = environment;
const client = createTableClient();
const meter = createMeter(environment.DEPLOYMENT, 'hold');
const clock = systemClock;

/** Lays legal holds on the bytes of assets, and lifts them. */
export const handler = durableJobs({
  jobs: { hold: holdJob },
  deps: {
    index: createAssetIndex(client, table),
    bytes: createByteHolds(createS3Client(process.env), bucket),
    retention: createRetentionTable(client, table),
    packMembers: createPackMembers(client, table),
    due: createDueTable(client, table),
    lookAgain: createLookAgain(queueUrl, bucket),
    rows: createHoldRows(client, table),
    meter,
    clock,
  },
  table: createJobTable(client, table),
  log: createLog('hold'),
  meter,
  clock,
});
