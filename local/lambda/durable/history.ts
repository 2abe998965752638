import type { Execution } from './execution.ts';
import type { Operation, TimeForm } from './operation.ts';
import type { ErrorObject } from './wire.ts';

/** One line of an execution's history; times in milliseconds. */
export interface HistoryEvent {
  readonly EventType: string;
  readonly EventTimestamp: number;
  readonly Id?: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly SubType?: string;
  /** Named after the type of the event: `StepSucceededDetails`. */
  readonly details: Readonly<Record<string, unknown>>;
  /** Those fields of the details that are instants. */
  readonly times?: Readonly<Record<string, number>>;
}

const typeNames = {
  CALLBACK: 'Callback',
  CHAINED_INVOKE: 'ChainedInvoke',
  CONTEXT: 'Context',
  EXECUTION: 'Execution',
  STEP: 'Step',
  WAIT: 'Wait',
} as const;

const statusNames: Readonly<Partial<Record<Operation['Status'], string>>> = {
  CANCELLED: 'Cancelled',
  FAILED: 'Failed',
  // An attempt failed and another will follow.
  PENDING: 'Failed',
  STARTED: 'Started',
  STOPPED: 'Stopped',
  SUCCEEDED: 'Succeeded',
  TIMED_OUT: 'TimedOut',
};

/** Event types that Lambda has; a callback that its function gave up, for one, has none. */
const known = new Set([
  ...['CallbackStarted', 'CallbackSucceeded', 'CallbackFailed', 'CallbackTimedOut'],
  ...[
    'ChainedInvokeStarted',
    'ChainedInvokeSucceeded',
    'ChainedInvokeFailed',
    'ChainedInvokeTimedOut',
    'ChainedInvokeStopped',
  ],
  ...['ContextStarted', 'ContextSucceeded', 'ContextFailed', 'StepStarted', 'StepSucceeded', 'StepFailed'],
  ...['WaitStarted', 'WaitSucceeded', 'WaitCancelled'],
]);

/** What the history says of a change of an operation; undefined where it says nothing. */
export const operationEvent = (operation: Operation, nowMs: number): HistoryEvent | undefined => {
  const EventType = `${typeNames[operation.Type]}${statusNames[operation.Status] ?? ''}`;
  if (!known.has(EventType)) return undefined;
  const { Id, ParentId, Name, SubType, WaitDetails } = operation;
  return {
    EventType,
    EventTimestamp: nowMs,
    Id,
    ...(ParentId !== undefined && { ParentId }),
    ...(Name !== undefined && { Name }),
    ...(SubType !== undefined && { SubType }),
    details: detailsOf(operation),
    ...(EventType === 'WaitStarted' &&
      WaitDetails !== undefined && {
        times: { ScheduledEndTimestamp: WaitDetails.ScheduledEndTimestamp },
      }),
  };
};

const detailsOf = (operation: Operation): Record<string, unknown> => {
  const { Status, StepDetails, WaitDetails, CallbackDetails, ContextDetails, ChainedInvokeDetails } = operation;
  if (WaitDetails !== undefined) {
    return { Duration: Math.round((WaitDetails.ScheduledEndTimestamp - operation.StartTimestamp) / 1000) };
  }
  if (Status === 'STARTED') return CallbackDetails === undefined ? {} : { CallbackId: CallbackDetails.CallbackId };
  const outcome = StepDetails ?? CallbackDetails ?? ContextDetails ?? ChainedInvokeDetails ?? {};
  return {
    ...outcomeOf(Status, outcome),
    ...(StepDetails !== undefined && { RetryDetails: { CurrentAttempt: StepDetails.Attempt } }),
  };
};

const outcomeOf = (status: string, outcome: { Result?: string; Error?: ErrorObject }) =>
  status === 'SUCCEEDED'
    ? { Result: { Payload: outcome.Result, Truncated: false } }
    : { Error: { Payload: outcome.Error, Truncated: false } };

/** The first line of every history. */
export const startEvent = ({ payload, startedMs, timesOutMs, name }: Execution): HistoryEvent => ({
  EventType: 'ExecutionStarted',
  EventTimestamp: startedMs,
  Name: name,
  details: { Input: { Payload: payload, Truncated: false }, ExecutionTimeout: (timesOutMs - startedMs) / 1000 },
});

/** The last line of every history. */
export const endEvent = ({ status, result, error, name }: Execution, nowMs: number): HistoryEvent => ({
  EventType: `Execution${statusNames[status === 'RUNNING' ? 'STARTED' : status] ?? ''}`,
  EventTimestamp: nowMs,
  Name: name,
  details: outcomeOf(status, { ...(result !== undefined && { Result: result }), ...(error && { Error: error }) }),
});

/** That an invocation of the function ended, and with which error. */
export const invocationEvent = (call: {
  beganMs: number;
  nowMs: number;
  requestId: string;
  error?: ErrorObject | undefined;
}): HistoryEvent => ({
  EventType: 'InvocationCompleted',
  EventTimestamp: call.nowMs,
  details: { RequestId: call.requestId, ...(call.error && { Error: { Payload: call.error, Truncated: false } }) },
  times: { StartTimestamp: call.beganMs, EndTimestamp: call.nowMs },
});

/** A line as the API shows it; without payloads unless they are asked for. */
export const eventToWire = (
  { id, event }: { id: number; event: HistoryEvent },
  form: TimeForm,
  includesData: boolean,
): object => {
  const { details, times = {}, EventTimestamp, ...rest } = event;
  const instants = Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, form(ms)]));
  const shown = includesData ? details : withoutPayloads(details);
  return {
    ...rest,
    EventId: id,
    EventTimestamp: form(EventTimestamp),
    [`${event.EventType}Details`]: { ...shown, ...instants },
  };
};

const withoutPayloads = (details: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      name === 'Input' || name === 'Result' || name === 'Error' ? { Truncated: true } : value,
    ]),
  );
