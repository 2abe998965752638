import { isoTime } from '../../core/time.ts';
import type { Caller } from '../aws/caller.ts';
import type { Sqs } from '../sqs/sqs.ts';
import type { ResolvedFunction } from './function-registry.ts';
import type { InvocationResult } from './invoker.ts';

/** How an asynchronous invocation ended for good. */
export interface AsyncOutcome {
  readonly event: { readonly id: string; readonly payload: string };
  readonly target: ResolvedFunction;
  readonly result: InvocationResult;
  readonly attempts: number;
  readonly condition: 'Success' | 'RetriesExhausted' | 'EventAgeExceeded';
}

/** The queues that are told; other kinds of destination are refused where the template is read. */
export interface Destinations {
  readonly onSuccess?: string;
  readonly onFailure?: string;
}

export interface DestinationDeps {
  readonly sqs: Sqs;
  readonly roleCaller: (roleArn: string) => Caller;
  readonly now: () => number;
}

/** Tells the destination, and after a failure the dead-letter queue, with the rights of the function's role. */
export const tellDestinations = (deps: DestinationDeps, destinations: Destinations, outcome: AsyncOutcome): void => {
  const { config } = outcome.target;
  const caller = deps.roleCaller(config.roleArn);
  const queueArn = outcome.condition === 'Success' ? destinations.onSuccess : destinations.onFailure;
  if (queueArn !== undefined) {
    deps.sqs.send(queueArn, { body: JSON.stringify(destinationRecord(outcome, deps.now())), caller });
  }
  if (outcome.condition !== 'Success' && config.deadLetterArn !== undefined) {
    deps.sqs.send(config.deadLetterArn, {
      body: outcome.event.payload,
      attributes: deadLetterAttributes(outcome),
      caller,
    });
  }
};

const destinationRecord = ({ event, target, result, attempts, condition }: AsyncOutcome, nowMs: number): object => ({
  version: '1.0',
  timestamp: isoTime(nowMs),
  requestContext: {
    requestId: event.id,
    functionArn: `${target.config.arn}:${target.config.version}`,
    condition,
    approximateInvokeCount: attempts,
  },
  requestPayload: JSON.parse(event.payload),
  responseContext: {
    statusCode: 200,
    executedVersion: result.executedVersion,
    ...(result.functionError !== undefined && { functionError: result.functionError }),
  },
  responsePayload: JSON.parse(result.payload),
});

const deadLetterAttributes = ({ event, result }: AsyncOutcome) => ({
  RequestID: { DataType: 'String', StringValue: event.id },
  ErrorCode: { DataType: 'Number', StringValue: '200' },
  ErrorMessage: { DataType: 'String', StringValue: result.payload.slice(0, 1024) },
});
