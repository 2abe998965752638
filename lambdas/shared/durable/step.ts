import {
  createRetryStrategy,
  type DurableContext,
  JitterStrategy,
  type RetryDecision,
} from '@aws/durable-execution-sdk-js';
import { takeBeginning } from './beginning.ts';
import { tellOfFailedTry } from './failed-try.ts';
import { mayPass, reportable } from './failure.ts';

const backoff = createRetryStrategy({
  maxAttempts: 8,
  initialDelay: { seconds: 2 },
  maxDelay: { minutes: 5 },
  backoffRate: 3,
  jitter: JitterStrategy.HALF,
});

/**
 * One durable step: `work` is done at least once, its answer is kept, and a replay takes the kept one. It is tried eight times
 * over about a quarter of an hour, but only once where the error is our own and says that another try is in vain.
 */
export const durableStep = <Answer>(
  context: DurableContext,
  name: string,
  work: () => Promise<Answer>,
): PromiseLike<Answer> => {
  const begin = takeBeginning(context);
  return context.step(
    name,
    async () => {
      try {
        await begin?.();
        return await work();
      } catch (error) {
        tellOfFailedTry(context, name, error);
        throw reportable(error, name);
      }
    },
    { retryStrategy: whileItMayPass },
  );
};

const whileItMayPass = (error: Error, attempts: number): RetryDecision =>
  mayPass(error) ? backoff(error, attempts) : { shouldRetry: false };
