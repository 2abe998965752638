import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ProjectEnvironment } from '../../core/function-environment.ts';
import { systemClock } from '../../core/time.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { journalBucket } from '../shared/journal-bucket.ts';
import { createLog } from '../shared/logger.ts';
import { createMeter, measured } from '../shared/metrics.ts';
import { createS3Client } from '../shared/s3-client.ts';
import { withoutRequestLog } from '../shared/without-request-log.ts';
import { counterTable } from './counters.ts';
import { type ProjectAnswer, project } from './project.ts';
import { reportTo } from './report.ts';

const environment = parseEnvironment(ProjectEnvironment, process.env);
const meter = createMeter(environment.DEPLOYMENT, 'project');
const basePauseMs = 20;

const deps = {
  counters: counterTable(withoutRequestLog(new DynamoDBClient()), environment.CATALOG_TABLE, systemClock),
  journal: journalBucket(createS3Client(process.env), environment.VAULT_BUCKET),
  report: reportTo(createLog('project'), meter),
  clock: systemClock,
  positions: new Map<string, string>(),
  // Shards that meet in the same counters part by chance.
  pause: (tries: number) =>
    new Promise<void>((resolve) => setTimeout(resolve, Math.random() * basePauseMs * 2 ** tries)),
};

/** Follows the catalog's stream: journals what people write and counts what is kept. */
export const handler = measured(meter, (event: unknown): Promise<ProjectAnswer> => project(event, deps));
