import { setTimeout } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { dataClasses } from '../../config/data-classes.ts';
import { ReconcileEnvironment } from '../../core/function-environment.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { days, systemClock } from '../../core/time.ts';
import { createAbroadTable } from '../shared/abroad-table.ts';
import { assetTable } from '../shared/asset-table.ts';
import { createBatchRead } from '../shared/batch-read.ts';
import { durableJobs } from '../shared/durable/job.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { listRange } from '../shared/key-range.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter } from '../shared/metrics.ts';
import { createPackTable } from '../shared/packs/pack-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createS3ControlClient } from '../shared/s3-control-client.ts';
import { vaultView } from '../shared/vault-view.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import {
  counterAdder,
  landingLister,
  linkRemover,
  reportStore,
  resender,
  rowPutter,
  scratchNotes,
} from './adapters.ts';
import { catalogLists } from './catalog-lists.ts';
import { checksumJobs } from './checksum-jobs.ts';
import { packReader } from './pack-reader.ts';
import { pendingReader } from './pending-abroad.ts';
import type { ReconcileDeps } from './ports.ts';
import { rebuildJob } from './rebuild-job.ts';
import { reconcileJob } from './reconcile-job.ts';
import { scrubJob } from './scrub-job.ts';
import { replicaCopier, textReader, versionReader } from './versions-io.ts';

const environment = parseEnvironment(ReconcileEnvironment, process.env);
const { CATALOG_TABLE: table, LANDING_BUCKET: landing } = environment;
// A content of gigabytes comes over minutes; a copy of it is answered at its end.
const s3 = createS3Client(process.env, { requestTimeoutMs: 600_000 });
const vault = { s3, bucket: environment.VAULT_BUCKET };
const replica = {
  s3: createS3Client(process.env, { requestTimeoutMs: 600_000, region: environment.SECOND_REGION }),
  bucket: environment.REPLICA_BUCKET,
};
const client = withoutRequestLog(new DynamoDBClient());
const rows = createTableClient();
const log = createLog('reconcile');
const meter = createMeter(environment.DEPLOYMENT, 'reconcile');

const inTable = (name: string): ReturnType<ReconcileDeps['inTable']> => ({
  catalog: assetTable(client, name),
  read: createBatchRead(client, name),
  lists: catalogLists(rows, name),
  removeLink: linkRemover(client, name),
  putRow: rowPutter(rows, name),
  addToCounter: counterAdder(rows, name, systemClock),
});

const deps: ReconcileDeps = {
  ...inTable(table),
  inTable,
  vault: vaultView(s3, vault.bucket),
  clock: systemClock,
  locate: (key) => parseVaultKey(dataClasses, key),
  classes: dataClasses,
  listVault: (from) => listRange(vault.s3, vault.bucket, from),
  listReplica: (from) => listRange(replica.s3, replica.bucket, from),
  listLanding: landingLister(s3, landing),
  resend: resender(new SQSClient(), {
    queueUrl: environment.INTAKE_QUEUE_URL,
    bucket: landing,
    region: environment.AWS_REGION,
  }),
  reports: reportStore(s3, environment.AUDIT_BUCKET),
  notes: scratchNotes(s3, environment.SCRATCH_BUCKET),
  pause: (ms) => setTimeout(ms),
  readVersion: versionReader({ vault, replica }),
  readJournal: textReader(vault),
  ...packReader(vault),
  packs: createPackTable(rows, table),
  pendingAbroad: pendingReader(createAbroadTable(rows, table, { clock: systemClock, random: Math.random })),
  copyFromReplica: replicaCopier({ vault, replica }),
  checksums: checksumJobs({
    s3,
    control: createS3ControlClient(process.env),
    accountId: environment.ACCOUNT_ID,
    vault: vault.bucket,
    manifests: { bucket: environment.SCRATCH_BUCKET, prefix: 'reconcile/' },
    reports: { bucket: environment.LOGS_BUCKET, prefix: 'checksums' },
    roleArn: environment.CHECKSUM_ROLE_ARN,
  }),
  scrubEveryDays: environment.SCRUB_EVERY_MS / days(1),
  log,
  meter,
};

/** Finds where vault, catalog and second region disagree, makes the catalog anew, and reads the vault's bytes again. */
export const handler = durableJobs({
  jobs: { reconcile: reconcileJob, rebuild: rebuildJob, scrub: scrubJob },
  deps,
  table: createJobTable(rows, table),
  log,
  meter,
  clock: systemClock,
});
