import { BackupClient } from '@aws-sdk/client-backup';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { dataClasses } from '../../config/data-classes.ts';
import { RecoverEnvironment } from '../../core/function-environment.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { systemClock } from '../../core/time.ts';
import { assetTable } from '../shared/asset-table.ts';
import { createBatchRead } from '../shared/batch-read.ts';
import { durableJobs } from '../shared/durable/job.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { bucketRestores } from './bucket-restores.ts';
import { drillJob } from './drill-job.ts';
import { packRows } from './pack-rows.ts';
import type { RecoverDeps } from './ports.ts';
import { recoverJob } from './recover-job.ts';
import { recoveredObjects } from './recovered-objects.ts';
import { erasureReader, reportStore, rowWriter, serviceRows } from './stores.ts';
import { tableRestores } from './table-restores.ts';

const environment = parseEnvironment(RecoverEnvironment, process.env);
const { CATALOG_TABLE: table, DATA_KEY_ARN: keyArn, RESTORE_ROLE_ARN: roleArn } = environment;
// A copy of gigabytes is answered at its end.
const s3 = createS3Client(process.env, { requestTimeoutMs: 600_000 });
const dynamoDb = withoutRequestLog(new DynamoDBClient());
const rows = createTableClient();
const backup = new BackupClient();
const log = createLog('recover');
const meter = createMeter(environment.DEPLOYMENT, 'recover');

const deps: RecoverDeps = {
  deployment: environment.DEPLOYMENT,
  classes: dataClasses,
  clock: systemClock,
  locate: (key) => parseVaultKey(dataClasses, key),
  vault: vaultView(s3, environment.VAULT_BUCKET),
  catalog: assetTable(dynamoDb, table),
  live: createBatchRead(dynamoDb, table),
  rowsOf: (name) => createBatchRead(dynamoDb, name),
  tables: tableRestores({ dynamoDb, rows, backup, table, keyArn, roleArn }),
  backups: bucketRestores({
    backup,
    vaultName: environment.BACKUP_VAULT,
    bucketArn: `arn:aws:s3:::${environment.VAULT_BUCKET}`,
    into: environment.SCRATCH_BUCKET,
    keyArn,
    roleArn,
  }),
  objects: recoveredObjects({
    vault: { s3, bucket: environment.VAULT_BUCKET },
    replica: {
      s3: createS3Client(process.env, { requestTimeoutMs: 600_000, region: environment.SECOND_REGION }),
      bucket: environment.REPLICA_BUCKET,
    },
    isolated: { s3, bucket: environment.SCRATCH_BUCKET },
    lambda: new LambdaClient(),
    undeleteFunction: environment.UNDELETE_FUNCTION,
  }),
  packs: packRows(rows, table),
  reports: reportStore(s3, environment.AUDIT_BUCKET, { kms: new KMSClient(), keyArn: environment.TOKENS_KEY_ARN }),
  writeBack: rowWriter(rows, table),
  ...serviceRows(rows, table),
  erasures: erasureReader(s3, environment.AUDIT_BUCKET, systemClock),
  log,
  meter,
};

/** Brings objects and catalog back to an instant, and proves once a month that it could. */
export const handler = durableJobs({
  jobs: { recover: recoverJob, drill: drillJob },
  deps,
  table: createJobTable(rows, table),
  log,
  meter,
  clock: systemClock,
});
