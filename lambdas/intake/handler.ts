import * as z from 'zod';
import { findDataClass } from '../../config/data-classes.ts';
import { IntakeEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/logger.ts';
import { createComeBack } from '../shared/message-visibility.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { type BatchAnswer, processBatch } from '../shared/sqs-batch.ts';
import { countUnderWay } from '../shared/under-way.ts';
import { intakeMessage } from './intake-message.ts';
import { intakeTable } from './intake-table.ts';
import { landingBucket } from './landing-bucket.ts';
import { vaultBucket } from './vault-bucket.ts';

/** A copy of 5 GiB takes minutes; the function itself ends at 15. */
const copyTimeoutMs = 14 * 60_000;

const environment = parseEnvironment(IntakeEnvironment.extend({ AWS_REGION: z.string().min(1) }), process.env);
const { LANDING_BUCKET: landing, VAULT_BUCKET: vault, CATALOG_TABLE: table, AWS_REGION: region } = environment;
const clients = {
  s3: createS3Client(process.env),
  copier: createS3Client(process.env, { requestTimeoutMs: copyTimeoutMs }),
};

const underWay = countUnderWay();

const ports = {
  landing: landingBucket(clients, landing, underWay.count),
  vault: vaultBucket(clients, { landing, vault }),
  catalog: intakeTable(createTableClient(), table, systemClock),
  findClass: findDataClass,
  clock: systemClock,
  log: createLog('intake'),
  meter: createMeter(environment.DEPLOYMENT, 'intake'),
  comeBack: createComeBack(),
};

/** Takes in what landed: each message of the intake queue announces one version in the landing bucket. */
export const handler = measured(
  ports.meter,
  (event: unknown): Promise<BatchAnswer> =>
    processBatch(
      event,
      ({ body }) => underWay.during(() => intakeMessage(body, { bucket: landing, region }, ports)),
      ports,
    ),
);
