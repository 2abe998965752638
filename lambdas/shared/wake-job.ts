import { type LambdaClient, SendDurableExecutionCallbackSuccessCommand } from '@aws-sdk/client-lambda';
import { awsFailure, namedFailure } from './aws-failure.ts';

/** Answers the callback for which a job waits. */
export type WakeJob = (callbackId: string) => Promise<void>;

/** What Lambda says to a callback that was answered before, or whose execution waits no longer. */
const isOver = (name: string, status: number | undefined): boolean =>
  name === 'ResourceNotFoundException' || name === 'CallbackTimeoutException' || status === 400;

/** Wakes jobs through Lambda; one that is awake already stays so. */
export const createWakeJob =
  (client: LambdaClient): WakeJob =>
  async (callbackId) => {
    try {
      await client.send(new SendDurableExecutionCallbackSuccessCommand({ CallbackId: callbackId }));
    } catch (error) {
      const failure = awsFailure(error);
      if (failure !== undefined && isOver(failure.name, failure.status)) return;
      throw namedFailure(error, 'SendDurableExecutionCallbackSuccess');
    }
  };
