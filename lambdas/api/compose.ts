import { randomUUID, webcrypto } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { GenerateMacCommand, KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { dataClasses } from '../../config/data-classes.ts';
import { pricesOf } from '../../config/prices.ts';
import { statuteOf } from '../../config/statutes.ts';
import { ApiEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { type BufferedMeter, createMeter } from '../shared/metrics.ts';
import { createRetentionTable } from '../shared/retention-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createStartExecution } from '../shared/start-execution.ts';
import { createJobStarter, functionsFromEnvironment } from '../shared/start-job.ts';
import { countedAhead } from './counted-ahead.ts';
import { closedRowReader, createGate } from './gate.ts';
import { createHealthCheck } from './health-check.ts';
import { createMemberships } from './membership.ts';
import { loadPermissions, type PolicyFiles } from './permissions.ts';
import type { Members } from './ports.ts';
import type { Services } from './services.ts';
import { createSigner } from './signing.ts';
import { createCatalog } from './stores/catalog.ts';
import { createCopies } from './stores/copies.ts';
import { createHolds, createRetentionRules } from './stores/holds.ts';
import { createIdempotencyRecords } from './stores/idempotency.ts';
import { createJobRows } from './stores/job-rows.ts';
import { createLanding } from './stores/landing.ts';
import { createMembers } from './stores/members.ts';
import { createPackedAssets } from './stores/packed-assets.ts';
import { createRateRows } from './stores/rate-rows.ts';
import { createScratch } from './stores/scratch.ts';
import { createStatistics } from './stores/statistics.ts';
import { createUndelete } from './stores/undelete-function.ts';
import { createUserDirectory } from './stores/user-directory.ts';
import { createVault } from './stores/vault.ts';
import { createWords } from './stores/words.ts';

/** The gateway gives up after 30 s; a completion that takes longer goes on without the caller. */
const completionPatienceMs = 20_000;

const Quotas = z.object({ requestsPerMinute: z.int().min(1) });

/** Builds the services of a deployed function from its environment. */
export const compose = (
  environment: Readonly<Record<string, string | undefined>>,
  files: PolicyFiles,
): Services & { readonly meter: BufferedMeter } => {
  const settings = parseEnvironment(ApiEnvironment, environment);
  const clock = systemClock;
  const log = createLog('api');
  const table = createTableClient();
  const name = settings.CATALOG_TABLE;
  const client = createS3Client(environment);
  const region = environment['AWS_REGION'] ?? '';
  const endpoint = environment['AWS_ENDPOINT_URL'];
  const where = { client, region, endpoint, clock };
  const catalog = createCatalog(table, name);
  const members = createMembers(table, name);
  const lambda = new LambdaClient({});
  const readerRole = settings.STANDBY_READER_ROLE;
  const standby = readerRole === undefined ? undefined : { readerRole };
  return {
    ...(standby && { standby }),
    deployment: settings.DEPLOYMENT,
    classes: dataClasses,
    quotas: Quotas.parse(JSON.parse(settings.QUOTAS)),
    clock,
    random: cryptographicRandom,
    newId: randomUUID,
    pause: async (ms) => {
      await pause(ms);
    },
    catalog,
    members,
    memberships: createMemberships(standby === undefined ? members : withoutAcceptance(members), clock),
    idempotency: createIdempotencyRecords(table, name),
    rates: countedAhead(createRateRows(table, name)),
    gate: createGate(closedRowReader(table, name), clock),
    words: createWords(table, name),
    landing: createLanding({
      ...where,
      bucket: settings.LANDING_BUCKET,
      dataKeyArn: settings.DATA_KEY_ARN,
      accelerated: settings.TRANSFER_ACCELERATION === 'true',
      completionPatienceMs,
    }),
    vault: createVault({ ...where, bucket: settings.VAULT_BUCKET }),
    copies: createCopies({
      home: { client, bucket: settings.VAULT_BUCKET },
      second: {
        client: createS3Client(environment, { region: settings.SECOND_REGION, requestTimeoutMs: 3_000 }),
        bucket: settings.REPLICA_BUCKET,
        region: settings.SECOND_REGION,
      },
      log,
    }),
    undelete: createUndelete(lambda, settings.UNDELETE_FUNCTION),
    holds: createHolds(table, name),
    retention: createRetentionTable(table, name),
    retentionRules: createRetentionRules(table, name),
    statuteOf,
    undeleteWindowMs: settings.UNDELETE_WINDOW_MS,
    prices: pricesOf(region),
    jobs: createJobStarter({
      table: createJobTable(table, name),
      start: createStartExecution(lambda),
      functionFor: functionsFromEnvironment(environment),
      clock,
    }),
    statistics: createStatistics(table, name),
    jobRows: createJobRows(table, name),
    packedAssets: createPackedAssets(table, name),
    scratch: createScratch({ ...where, bucket: settings.SCRATCH_BUCKET }),
    users: createUserDirectory(new CognitoIdentityProviderClient({}), settings.USER_POOL_ID),
    signer: createSigner(() => signingSecret(new KMSClient({}), settings.TOKENS_KEY_ARN)),
    permits: loadPermissions(files),
    isHealthy: createHealthCheck(catalog, clock, log),
    meter: createMeter(settings.DEPLOYMENT, 'api'),
    log,
  };
};

/** Who comes for the first time is admitted, and accepts once the home region is back: what is written here is thrown away. */
const withoutAcceptance = (members: Members): Members => ({ ...members, replace: async () => true });

/** The same text gives the same secret on every instance, and only who may use the key can know it. */
const signingSecret = async (client: KMSClient, keyArn: string): Promise<Uint8Array> => {
  const { Mac } = await client.send(
    new GenerateMacCommand({
      KeyId: keyArn,
      MacAlgorithm: 'HMAC_SHA_256',
      Message: new TextEncoder().encode('mediakeep api cursors and upload tokens v1'),
    }),
  );
  if (Mac === undefined) throw new Error('KMS answered no MAC');
  return Mac;
};

const cryptographicRandom = (): number => {
  const [word = 0] = webcrypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
};
