import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ProjectEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { createAwaitRows } from '../shared/await-rows.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { createJobTable } from '../shared/job-table.ts';
import { journalBucket } from '../shared/journal-bucket.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createRetentionTable } from '../shared/retention-table.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { createStartExecution } from '../shared/start-execution.ts';
import { createJobStarter, functionsFromEnvironment } from '../shared/start-job.ts';
import { createWakeJob } from '../shared/wake-job.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { counterTable } from './counters.ts';
import { type ProjectAnswer, project } from './project.ts';
import { reportTo } from './report.ts';
import { createCountRestored } from './restored.ts';

const environment = parseEnvironment(ProjectEnvironment, process.env);
const meter = createMeter(environment.DEPLOYMENT, 'project');
const basePauseMs = 20;
const table = createTableClient();

const lambda = new LambdaClient({});

const deps = {
  counters: counterTable(withoutRequestLog(new DynamoDBClient()), environment.CATALOG_TABLE, systemClock),
  journal: journalBucket(createS3Client(process.env), environment.VAULT_BUCKET),
  restored: {
    rows: createAwaitRows(table, environment.CATALOG_TABLE),
    count: createCountRestored(table, environment.CATALOG_TABLE),
    wake: createWakeJob(lambda),
  },
  arrivals: {
    retention: createRetentionTable(table, environment.CATALOG_TABLE),
    jobs: createJobStarter({
      table: createJobTable(table, environment.CATALOG_TABLE),
      start: createStartExecution(lambda),
      functionFor: functionsFromEnvironment(process.env),
      clock: systemClock,
    }),
  },
  report: reportTo(createLog('project'), meter),
  clock: systemClock,
  positions: new Map<string, string>(),
  // Shards that meet in the same counters part by chance.
  pause: (tries: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, Math.random() * basePauseMs * 2 ** tries)),
};

/** Follows the catalog's stream: journals what people write, counts what is kept, wakes who waits for a restore and has held what came under a hold. */
export const handler = measured(meter, (event: unknown): Promise<ProjectAnswer> => project(event, deps));
