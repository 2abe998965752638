import { isoTime } from '../../../core/time.ts';
import type { ErrorObject } from './wire.ts';

export type OperationStatus =
  | 'CANCELLED'
  | 'FAILED'
  | 'PENDING'
  | 'READY'
  | 'STARTED'
  | 'STOPPED'
  | 'SUCCEEDED'
  | 'TIMED_OUT';

interface Outcome {
  readonly Result?: string;
  readonly Error?: ErrorObject;
}

/** An operation of an execution as the API shows it, with times in milliseconds. */
export interface Operation {
  readonly Id: string;
  readonly ParentId?: string;
  readonly Name?: string;
  readonly Type: 'CALLBACK' | 'CHAINED_INVOKE' | 'CONTEXT' | 'EXECUTION' | 'STEP' | 'WAIT';
  readonly SubType?: string;
  readonly Status: OperationStatus;
  readonly StartTimestamp: number;
  readonly EndTimestamp?: number;
  readonly ExecutionDetails?: { readonly InputPayload: string };
  readonly ContextDetails?: Outcome & { readonly ReplayChildren?: boolean };
  readonly StepDetails?: Outcome & { readonly Attempt: number; readonly NextAttemptTimestamp?: number };
  readonly WaitDetails?: { readonly ScheduledEndTimestamp: number };
  readonly CallbackDetails?: Outcome & { readonly CallbackId: string };
  readonly ChainedInvokeDetails?: Outcome;
}

/** An operation with what the platform has to remember of it. */
export interface TrackedOperation {
  readonly operation: Operation;
  /** When it changes by itself. */
  readonly dueMs?: number;
  /** A callback's last moment, whatever heartbeats come. */
  readonly endsMs?: number;
  readonly heartbeatMs?: number;
  /** What a chained invocation calls. */
  readonly call?: { readonly functionName: string; readonly payload: string };
}

const ends: ReadonlySet<OperationStatus> = new Set(['CANCELLED', 'FAILED', 'STOPPED', 'SUCCEEDED', 'TIMED_OUT']);

/** True where nothing changes any more. */
export const hasEnded = ({ Status }: Operation): boolean => ends.has(Status);

/** How a wire form writes an instant. */
export type TimeForm = (ms: number) => string | number;

/** The invocation event writes ISO times, the REST interface seconds since the epoch. */
export const timeForms = { event: isoTime, rest: (ms: number) => ms / 1000 } satisfies Record<string, TimeForm>;

/** The operation in a wire form. */
export const toWire = (operation: Operation, form: TimeForm): object => {
  const { StartTimestamp, EndTimestamp, StepDetails, WaitDetails, ...rest } = operation;
  return {
    ...rest,
    StartTimestamp: form(StartTimestamp),
    ...(EndTimestamp !== undefined && { EndTimestamp: form(EndTimestamp) }),
    ...(StepDetails !== undefined && { StepDetails: stepToWire(StepDetails, form) }),
    ...(WaitDetails !== undefined && {
      WaitDetails: { ScheduledEndTimestamp: form(WaitDetails.ScheduledEndTimestamp) },
    }),
  };
};

const stepToWire = ({ NextAttemptTimestamp, ...rest }: NonNullable<Operation['StepDetails']>, form: TimeForm) => ({
  ...rest,
  ...(NextAttemptTimestamp !== undefined && { NextAttemptTimestamp: form(NextAttemptTimestamp) }),
});
