import { LambdaClient } from '@aws-sdk/client-lambda';
import { operatorTenant } from '../../core/catalog/keys.ts';
import { StartEnvironment } from '../../core/function-environment.ts';
import { ScheduledJob, scheduledJobId } from '../../core/jobs/scheduled-job.ts';
import { systemClock } from '../../core/time.ts';
import { createTableClient } from '../shared/dynamodb-client.ts';
import { parseEnvironment } from '../shared/environment.ts';
import { errorFields } from '../shared/error-fields.ts';
import { createJobTable } from '../shared/job-table.ts';
import { createLog } from '../shared/logger.ts';
import { createStartExecution } from '../shared/start-execution.ts';
import { createJobStarter, functionsFromEnvironment } from '../shared/start-job.ts';

const environment = parseEnvironment(StartEnvironment, process.env);
const log = createLog('start');
const jobs = createJobStarter({
  table: createJobTable(createTableClient(), environment.CATALOG_TABLE),
  start: createStartExecution(new LambdaClient()),
  functionFor: functionsFromEnvironment(process.env),
  clock: systemClock,
});

/** Starts a job that is due. A schedule cannot name an execution and may fire twice: the name makes it one job. */
export const handler = async (event: unknown): Promise<{ readonly jobId: string }> => {
  try {
    const due = ScheduledJob.parse(event);
    const jobId = scheduledJobId(due);
    const { summary } = await jobs.start({
      tenant: operatorTenant,
      jobId,
      job: due.job,
      input: due.input,
      createdBy: `schedule:${due.name}`,
    });
    log.info('a scheduled job is started', { jobId, job: due.job, state: summary.state });
    return { jobId };
  } catch (error) {
    log.error('a scheduled job could not be started', { ...errorFields(error) });
    throw error;
  }
};
