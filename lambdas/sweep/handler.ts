import { LambdaClient } from '@aws-sdk/client-lambda';
import { dataClasses } from '../../config/data-classes.ts';
import { statuteOf } from '../../config/statutes.ts';
import { SweepEnvironment } from '../../core/function-environment.ts';
import { parseVaultKey } from '../../core/key-layout.ts';
import { eraseFromPack } from '../../core/pack/erase.ts';
import { systemClock } from '../../core/time.ts';
import { createAbroadTable } from '../shared/abroad-table.ts';
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
import { createPackTable } from '../shared/packs/pack-table.ts';
import { createRetentionTable } from '../shared/retention-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createStartExecution } from '../shared/start-execution.ts';
import { createJobStarter, functionsFromEnvironment } from '../shared/start-job.ts';
import { createTenants } from '../shared/tenants.ts';
import { deleteVersions, presentVersions } from './erased-versions.ts';
import { retentionJob, sweepJob } from './jobs.ts';
import type { SweepDeps } from './ports.ts';
import { createScratch, createSweptVault } from './swept-vault.ts';

const environment = parseEnvironment(SweepEnvironment, process.env);
const { CATALOG_TABLE: table, VAULT_BUCKET: bucket } = environment;
const client = createTableClient();
const s3 = createS3Client(process.env);
const meter = createMeter(environment.DEPLOYMENT, 'sweep');
const log = createLog('sweep');
const clock = systemClock;
const jobTable = createJobTable(client, table);
const abroad = createAbroadTable(client, table, { clock, random: Math.random });
const copies = createS3Client(process.env, { region: environment.SECOND_REGION });
const packs = createPackTable(client, table);
const lookAgain = createLookAgain(environment.CATALOG_QUEUE_URL, bucket);

const deps: SweepDeps = {
  classes: dataClasses,
  statuteOf,
  index: createAssetIndex(client, table),
  due: createDueTable(client, table),
  retention: createRetentionTable(client, table),
  holds: createHoldRows(client, table),
  vault: createSweptVault(s3, bucket, {
    announce: abroad.announce,
    isCopied: (key) => parseVaultKey(dataClasses, key)?.dataClass.replicate ?? true,
  }),
  abroad: {
    table: abroad,
    vault: {
      atHome: presentVersions(s3, bucket),
      abroad: presentVersions(copies, environment.REPLICA_BUCKET),
      remove: (versions) => deleteVersions(copies, environment.REPLICA_BUCKET, versions),
    },
  },
  scratch: createScratch(s3, environment.SCRATCH_BUCKET),
  tenants: createTenants(client, table),
  unpack: async ({ tenant, summary, detail }) => {
    await eraseFromPack({ tenant, assetId: summary.assetId }, { table: packs, clock });
    await lookAgain(detail.key);
  },
  jobs: createJobStarter({
    table: jobTable,
    start: createStartExecution(new LambdaClient({})),
    functionFor: functionsFromEnvironment(process.env),
    clock,
  }),
  meter,
  log,
  clock,
};

/** Ends what is over: by day, by hour, and where an administrator asks for it. */
export const handler = durableJobs({
  jobs: { sweep: sweepJob, retention: retentionJob },
  deps,
  table: jobTable,
  log,
  meter,
  clock,
});
