import { invalidParameter } from '../lambda-error.ts';
import { hasEnded, type Operation, type TrackedOperation } from './operation.ts';
import { durableQuotas } from './quotas.ts';
import type { ErrorObject, OperationUpdate } from './wire.ts';

export interface UpdateDeps {
  readonly nowMs: number;
  readonly newCallbackId: () => string;
}

type Type = OperationUpdate['Type'];
type Action = OperationUpdate['Action'];

const actionsOf: Readonly<Record<Type, readonly Action[]>> = {
  EXECUTION: ['SUCCEED', 'FAIL'],
  CONTEXT: ['START', 'SUCCEED', 'FAIL'],
  STEP: ['START', 'RETRY', 'SUCCEED', 'FAIL'],
  WAIT: ['START', 'CANCEL'],
  CALLBACK: ['START', 'CANCEL'],
  CHAINED_INVOKE: ['START', 'CANCEL'],
};

/** The operation after an update of a checkpoint; throws where the update does not fit what is there. */
export const applyUpdate = (
  before: TrackedOperation | undefined,
  update: OperationUpdate,
  deps: UpdateDeps,
): TrackedOperation => {
  refuseUnfit(before?.operation, update);
  if (update.Action === 'START') return started(before, update, deps);
  const base = before?.operation ?? newOperation(update, deps.nowMs);
  if (update.Action === 'RETRY') return waitingForRetry(base, update, deps.nowMs);
  if (update.Action === 'CANCEL') return ended(base, 'CANCELLED', {}, deps.nowMs);
  const outcome = {
    ...(update.Payload != null && { Result: update.Payload }),
    ...(update.Error != null && { Error: update.Error }),
  };
  const after = ended(base, update.Action === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED', outcome, deps.nowMs);
  return update.ContextOptions?.ReplayChildren === true ? replayingChildren(after) : after;
};

const refuseUnfit = (before: Operation | undefined, update: OperationUpdate): void => {
  const { Type, Action, Id, Payload } = update;
  if (!actionsOf[Type].includes(Action))
    throw invalidParameter(`An operation of type ${Type} has no action ${Action}.`);
  if (Type !== 'EXECUTION' && Buffer.byteLength(Payload ?? '') > durableQuotas.payloadBytes) {
    throw invalidParameter(`${Type} payload size must be less than or equal to ${durableQuotas.payloadBytes} bytes.`);
  }
  if (before === undefined) {
    if (Action !== 'START' && Type !== 'STEP' && Type !== 'CONTEXT') {
      throw invalidParameter(`The operation ${Id} has not been started.`);
    }
    return;
  }
  if (before.Type !== Type) throw invalidParameter(`The operation ${Id} is of type ${before.Type}, not ${Type}.`);
  if (hasEnded(before)) throw invalidParameter(`The operation ${Id} has ended: it is ${before.Status}.`);
  if (before.Status === 'PENDING') throw invalidParameter(`The operation ${Id} waits for its next attempt.`);
  if (Action === 'START' && before.Status !== 'READY')
    throw invalidParameter(`The operation ${Id} is started already.`);
};

const newOperation = ({ Id, ParentId, Name, Type, SubType }: OperationUpdate, nowMs: number): Operation => ({
  Id,
  ...(ParentId != null && { ParentId }),
  ...(Name != null && { Name }),
  Type,
  ...(SubType != null && { SubType }),
  Status: 'STARTED',
  StartTimestamp: nowMs,
});

const started = (
  before: TrackedOperation | undefined,
  update: OperationUpdate,
  { nowMs, newCallbackId }: UpdateDeps,
): TrackedOperation => {
  if (before !== undefined) return { operation: { ...before.operation, Status: 'STARTED' } };
  const operation = newOperation(update, nowMs);
  if (update.Type === 'STEP') return { operation: { ...operation, StepDetails: { Attempt: 0 } } };
  if (update.Type === 'WAIT') return startedWait(operation, update, nowMs);
  if (update.Type === 'CALLBACK') return startedCallback(operation, update, { nowMs, newCallbackId });
  if (update.Type === 'CHAINED_INVOKE') return startedCall(operation, update);
  return { operation };
};

const startedWait = (operation: Operation, { WaitOptions, Id }: OperationUpdate, nowMs: number): TrackedOperation => {
  const wait = WaitOptions?.WaitSeconds;
  if (wait == null) throw invalidParameter(`The wait ${Id} says not how long: WaitOptions.WaitSeconds is missing.`);
  const dueMs = nowMs + wait * 1000;
  return { operation: { ...operation, WaitDetails: { ScheduledEndTimestamp: dueMs } }, dueMs };
};

const startedCallback = (
  operation: Operation,
  { CallbackOptions }: OperationUpdate,
  { nowMs, newCallbackId }: UpdateDeps,
): TrackedOperation => {
  const timeout = CallbackOptions?.TimeoutSeconds || undefined;
  const heartbeat = CallbackOptions?.HeartbeatTimeoutSeconds || undefined;
  return withHeartbeat(
    {
      operation: { ...operation, CallbackDetails: { CallbackId: newCallbackId() } },
      ...(timeout !== undefined && { endsMs: nowMs + timeout * 1000 }),
      ...(heartbeat !== undefined && { heartbeatMs: heartbeat * 1000 }),
    },
    nowMs,
  );
};

/** A callback whose owner was heard of just now. */
export const withHeartbeat = ({ dueMs: _, ...tracked }: TrackedOperation, nowMs: number): TrackedOperation => {
  const { endsMs = Number.POSITIVE_INFINITY, heartbeatMs = Number.POSITIVE_INFINITY } = tracked;
  const dueMs = Math.min(endsMs, nowMs + heartbeatMs);
  return Number.isFinite(dueMs) ? { ...tracked, dueMs } : tracked;
};

const startedCall = (operation: Operation, update: OperationUpdate): TrackedOperation => {
  const functionName = update.ChainedInvokeOptions?.FunctionName;
  if (functionName === undefined) {
    throw invalidParameter(
      `The invocation ${update.Id} names no function: ChainedInvokeOptions.FunctionName is missing.`,
    );
  }
  return { operation, call: { functionName, payload: update.Payload ?? '{}' } };
};

const waitingForRetry = (base: Operation, update: OperationUpdate, nowMs: number): TrackedOperation => {
  const dueMs = nowMs + (update.StepOptions?.NextAttemptDelaySeconds ?? 1) * 1000;
  const StepDetails = {
    Attempt: (base.StepDetails?.Attempt ?? 0) + 1,
    NextAttemptTimestamp: dueMs,
    // What waits for a condition keeps its state between attempts as a result.
    ...(update.Payload != null && { Result: update.Payload }),
    ...(update.Error != null && { Error: update.Error }),
  };
  return { operation: { ...base, Status: 'PENDING', StepDetails }, dueMs };
};

/** An operation at its end, with what came of it where its type keeps that. */
export const ended = (
  base: Operation,
  Status: Operation['Status'],
  outcome: { Result?: string; Error?: ErrorObject },
  nowMs: number,
): TrackedOperation => {
  const operation: Operation = { ...base, Status, EndTimestamp: nowMs };
  switch (base.Type) {
    case 'STEP':
      return {
        operation: { ...operation, StepDetails: { Attempt: (base.StepDetails?.Attempt ?? 0) + 1, ...outcome } },
      };
    case 'CONTEXT':
      return { operation: { ...operation, ContextDetails: { ...base.ContextDetails, ...outcome } } };
    case 'CALLBACK':
      return {
        operation: {
          ...operation,
          CallbackDetails: { CallbackId: base.CallbackDetails?.CallbackId ?? '', ...outcome },
        },
      };
    case 'CHAINED_INVOKE':
      return { operation: { ...operation, ChainedInvokeDetails: outcome } };
    default:
      return { operation };
  }
};

const replayingChildren = ({ operation }: TrackedOperation): TrackedOperation => ({
  operation: { ...operation, ContextDetails: { ...operation.ContextDetails, ReplayChildren: true } },
});

/** What an operation becomes by itself when its time has come. */
export const whenDue = (tracked: TrackedOperation, nowMs: number): TrackedOperation => {
  const { operation } = tracked;
  if (operation.Type === 'WAIT') return ended(operation, 'SUCCEEDED', {}, nowMs);
  if (operation.Type === 'STEP') return { operation: { ...operation, Status: 'READY' } };
  const isTooLate = tracked.endsMs !== undefined && tracked.endsMs <= nowMs;
  const ErrorType = isTooLate ? 'Callback.Timeout' : 'Callback.Heartbeat';
  const ErrorMessage = isTooLate ? 'Callback timed out' : 'Callback timed out on heartbeat';
  return ended(operation, 'TIMED_OUT', { Error: { ErrorType, ErrorMessage } }, nowMs);
};
