import { DurableOperationError, StepError } from '@aws/durable-execution-sdk-js';
import * as z from 'zod';
import { type ErrorCode, errorTable, MediakeepError } from '../../../core/error.ts';
import { ReportableError } from '../error-fields.ts';

/** Why a job failed, as its row tells it. */
export interface JobFailure {
  readonly code: string;
  readonly message: string;
}

/** The error with which a job learns that it was cancelled. */
export class JobCancelled extends Error {
  override readonly name: string = 'JobCancelled';
}

/** The error with which a job learns at its beginning that it has ended already. */
export class JobEnded extends Error {
  override readonly name: string = 'JobEnded';
}

const Carried = z.object({ code: z.string(), isOurs: z.boolean() });

/** What a job's row says of a cancellation, and how a step's failure is known to be one. */
const cancelled = 'cancelled';
const ended = 'ended';

/**
 * A step's error as it may be kept: Lambda writes the message of every failed attempt into the history of the execution,
 * and messages of other people's errors can name keys and so people. Ours stay, of others only the name does.
 */
export const reportable = (error: unknown, step: string): StepError => {
  if (error instanceof StepError) return error;
  const { code, message, isOurs } = described(error, step);
  return new StepError(message, undefined, JSON.stringify({ code, isOurs }));
};

const described = (error: unknown, step: string): JobFailure & { isOurs: boolean } => {
  if (error instanceof JobCancelled) return { code: cancelled, message: error.message, isOurs: true };
  if (error instanceof JobEnded) return { code: ended, message: error.message, isOurs: true };
  if (error instanceof MediakeepError) return { code: error.code, message: error.message, isOurs: true };
  if (error instanceof ReportableError) return { code: 'internal', message: error.message, isOurs: true };
  const name = error instanceof Error ? error.name : typeof error;
  return { code: 'internal', message: `${name} in the step “${step}”`, isOurs: false };
};

/** The failure behind any error that leaves a job, also one that went through a checkpoint and lost its class there. */
export const failureOf = (error: unknown): JobFailure => {
  if (error instanceof DurableOperationError) {
    const carried = carriedBy(error);
    if (carried !== undefined) return { code: carried.code, message: error.message };
    return { code: 'internal', message: `An operation of the job failed: ${error.errorType}.` };
  }
  const { code, message, isOurs } = described(error, '');
  return {
    code,
    message: isOurs ? message : `The job failed with ${error instanceof Error ? error.name : 'no error'}.`,
  };
};

/** True for the error that a cancelled job ends with. */
export const isCancellation = (error: unknown): boolean => failureOf(error).code === cancelled;

/** True for the error of a job that had ended before it began. */
export const isEndedBefore = (error: unknown): boolean => failureOf(error).code === ended;

/** False where the same attempt would fail again: what is wrong with the input stays wrong. */
export const mayPass = (error: unknown): boolean => {
  const carried = error instanceof DurableOperationError ? carriedBy(error) : undefined;
  if (carried === undefined || !carried.isOurs) return true;
  return isErrorCode(carried.code)
    ? errorTable[carried.code].retryable
    : carried.code !== cancelled && carried.code !== ended;
};

const isErrorCode = (code: string): code is ErrorCode => Object.hasOwn(errorTable, code);

const carriedBy = ({ errorData }: DurableOperationError): z.infer<typeof Carried> | undefined => {
  try {
    return Carried.safeParse(JSON.parse(errorData ?? 'null')).data;
  } catch {
    // Data of somebody else's operation, such as a callback: it is not ours to read.
    return undefined;
  }
};
