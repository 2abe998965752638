import { LambdaClient } from '@aws-sdk/client-lambda';
import type { JobEvent } from '../../../core/jobs/job-event.ts';
import { jobAlias } from '../../../core/jobs/job-function.ts';
import { createStartExecution } from '../start-execution.ts';

/** Starts the execution that goes on with a job; its name makes a second call the same execution. */
export type Succession = (event: JobEvent) => Promise<void>;

/** The function starts itself through its alias, so that a long job moves on to the newest version. */
export const createSuccession = (environment: NodeJS.ProcessEnv = process.env): Succession => {
  const start = createStartExecution(new LambdaClient());
  return async (event) => start(`${environment['AWS_LAMBDA_FUNCTION_NAME']}:${jobAlias}`, event);
};
