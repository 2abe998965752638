import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import { MediakeepError } from '../../core/error.ts';
import { canonicalJson } from '../../core/facts.ts';
import { executionName, type JobEvent } from '../../core/jobs/job-event.ts';
import { namedFailure } from './aws-failure.ts';

/** Starts the execution of a job, or finds the one that is there already under its name. */
export type StartExecution = (functionName: string, event: JobEvent) => Promise<void>;

/** Starts executions by asynchronous invocation; the name makes a second call the same execution. */
export const createStartExecution =
  (client: LambdaClient): StartExecution =>
  async (functionName, event) => {
    try {
      await client.send(
        new InvokeCommand({
          FunctionName: functionName,
          InvocationType: 'Event',
          DurableExecutionName: executionName(event),
          // A name belongs to one payload, byte by byte; the table gives the fields of the input back in an order of its own.
          Payload: canonicalJson(event),
        }),
      );
    } catch (error) {
      if (error instanceof Error && error.name === 'DurableExecutionAlreadyStartedException') {
        throw new MediakeepError('conflict', `A job ${event.jobId} with another input was started before.`, {
          cause: error,
        });
      }
      throw namedFailure(error, 'Invoke');
    }
  };
