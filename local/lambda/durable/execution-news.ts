import { isoTime } from '../../../core/time.ts';
import type { Caller } from '../../aws/caller.ts';
import type { Sqs } from '../../sqs/sqs.ts';
import type { FunctionConfig } from '../function-config.ts';
import type { PlatformMetric } from '../invoker.ts';
import type { Execution } from './execution.ts';

/** An event for EventBridge. */
export interface ServiceEvent {
  readonly source: string;
  readonly detailType: string;
  readonly detail: unknown;
  readonly region: string;
  readonly resources: readonly string[];
}

export interface ExecutionNewsDeps {
  readonly sqs: Sqs;
  readonly roleCaller: (roleArn: string) => Caller;
  readonly onMetric: (metric: PlatformMetric) => void;
  readonly onEvent: (event: ServiceEvent) => void;
  readonly running: (functionArn: string) => number;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

const metricOf: Readonly<Record<Execution['status'], string>> = {
  FAILED: 'DurableExecutionFailed',
  RUNNING: 'DurableExecutionStarted',
  STOPPED: 'DurableExecutionStopped',
  SUCCEEDED: 'DurableExecutionSucceeded',
  TIMED_OUT: 'DurableExecutionTimedOut',
};

/** What Lambda tells of the begin and the end of an execution: metrics, an event, and the dead-letter queue of its function. */
export const createExecutionNews =
  (deps: ExecutionNewsDeps) =>
  (execution: Execution, config: FunctionConfig | undefined): void => {
    measure(deps, execution);
    deps.onEvent(statusChange(execution));
    const isLost = execution.status === 'FAILED' || execution.status === 'TIMED_OUT';
    if (isLost && execution.isAsync && config?.deadLetterArn !== undefined) bury(deps, execution, config);
  };

const measure = ({ onMetric, now, running }: ExecutionNewsDeps, execution: Execution): void => {
  const { functionArn, status, startedMs, endedMs, operations, storedBytes } = execution;
  const put = (name: string, value: number, unit = 'Count'): void =>
    onMetric({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { FunctionName: functionArn.split(':').at(-1) ?? '' },
      value,
      unit,
      timestamp: now(),
    });
  put(metricOf[status], 1);
  put('ApproximateRunningDurableExecutions', running(functionArn));
  if (endedMs === undefined) return;
  put('DurableExecutionDuration', endedMs - startedMs, 'Milliseconds');
  put('DurableExecutionOperations', operations);
  put('DurableExecutionStorageWrittenBytes', storedBytes, 'Bytes');
};

const statusChange = ({ arn, name, invokedArn, functionArn, status, startedMs, endedMs }: Execution): ServiceEvent => ({
  source: 'aws.lambda',
  detailType: 'Durable Execution Status Change',
  region: functionArn.split(':')[3] ?? '',
  resources: [arn],
  detail: {
    durableExecutionArn: arn,
    durableExecutionName: name,
    functionArn: invokedArn,
    status,
    startTimestamp: isoTime(startedMs),
    ...(endedMs !== undefined && { endTimestamp: isoTime(endedMs) }),
  },
});

/** A queue that cannot be written to must not undo the end of the execution. */
const bury = ({ sqs, roleCaller, log }: ExecutionNewsDeps, execution: Execution, config: FunctionConfig): void => {
  const { deadLetterArn = '', roleArn } = config;
  const { ErrorType, ErrorMessage } = execution.error ?? {};
  const text = (value: string) => ({ DataType: 'String', StringValue: value });
  try {
    sqs.send(deadLetterArn, {
      body: execution.payload,
      attributes: {
        RequestID: text(execution.arn.split('/').at(-1) ?? ''),
        ErrorCode: { DataType: 'Number', StringValue: '200' },
        ErrorMessage: text(`${ErrorType ?? 'Error'}: ${ErrorMessage ?? 'the durable execution failed'}`.slice(0, 1024)),
      },
      caller: roleCaller(roleArn),
    });
  } catch (error) {
    log(`durable: the end of ${execution.arn} could not be delivered to ${deadLetterArn}: ${String(error)}`);
  }
};
