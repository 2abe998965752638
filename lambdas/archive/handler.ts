import { dataClasses } from '../../config/data-classes.ts';
import { statuteOf } from '../../config/statutes.ts';
import { newAssetId } from '../../core/asset-id.ts';
import { ArchiveEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createAbroadTable } from '../shared/abroad-table.ts';
import { createAssetIndex } from '../shared/asset-index.ts';
import { durableJobs } from '../shared/durable/job.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { createLookAgain } from '../shared/look-again.ts';
import { mapInParallel } from '../shared/map-in-parallel.ts';
import { createMeter } from '../shared/metrics.ts';
import { createPackTable } from '../shared/packs/pack-table.ts';
import { createRetentionTable } from '../shared/retention-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createTenants } from '../shared/tenants.ts';
import { type ArchiveDeps, archiveJob } from './archive-job.ts';
import { createForget } from './forget.ts';
import { type PackJobDeps, packJob } from './pack-job.ts';
import { createPackVault } from './pack-vault.ts';
import { createPackingRows } from './packing-rows.ts';
import { createTagger } from './tagger.ts';

const environment = parseEnvironment(ArchiveEnvironment, process.env);
const { CATALOG_TABLE: table, VAULT_BUCKET: bucket } = environment;
const client = createTableClient();
// A pack of 64 MiB is written and read in one piece.
const s3 = createS3Client(process.env, { requestTimeoutMs: 120_000 });
const meter = createMeter(environment.DEPLOYMENT, 'archive');
const clock = systemClock;
const lanes = 16;
const index = createAssetIndex(client, table);
const packs = createPackTable(client, table);
const lookAgain = createLookAgain(environment.CATALOG_QUEUE_URL, bucket);

/** Sends assets to the archive, and joins small ones into packs. */
export const handler = durableJobs<ArchiveDeps & PackJobDeps>({
  jobs: { archive: archiveJob, pack: packJob },
  deps: {
    index,
    tag: createTagger(s3, bucket),
    packs: {
      vault: createPackVault(s3, bucket, clock.now),
      table: packs,
      clock,
      announceAbroad: createAbroadTable(client, table, { clock, random: Math.random }).announce,
      lookAgain,
      newId: () => newAssetId({ now: clock.now, random: Math.random }),
      each: async (items, work) => void (await mapInParallel(items, lanes, work)),
    },
    packing: createPackingRows(client, table),
    tenants: createTenants(client, table),
    forget: createForget({
      client,
      table,
      packs,
      index,
      retention: { classes: dataClasses, statuteOf, table: createRetentionTable(client, table) },
      lookAgain,
      clock,
      undeleteWindowMs: environment.UNDELETE_WINDOW_MS,
    }),
    classes: dataClasses,
    meter,
  },
  table: createJobTable(client, table),
  log: createLog('archive'),
  meter,
  clock,
});
