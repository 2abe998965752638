import type { ErrorObject } from './wire.ts';

export type ExecutionStatus = 'FAILED' | 'RUNNING' | 'STOPPED' | 'SUCCEEDED' | 'TIMED_OUT';

/** One durable execution; it stays with the version that it began with. */
export interface Execution {
  /** `{function arn}:{version}/durable-execution/{name}/{id}` */
  readonly arn: string;
  readonly name: string;
  /** Without a qualifier. */
  readonly functionArn: string;
  /** As it was invoked, with its qualifier. */
  readonly invokedArn: string;
  readonly version: string;
  readonly payload: string;
  readonly status: ExecutionStatus;
  readonly startedMs: number;
  readonly endedMs?: number;
  /** When it is ended if it still runs. */
  readonly timesOutMs: number;
  readonly retentionMs: number;
  readonly result?: string;
  readonly error?: ErrorObject;
  /** Whoever started it does not wait for it: what fails goes to the dead-letter queue. */
  readonly isAsync: boolean;
  /** The invocation of another execution that waits for this one. */
  readonly parent?: { readonly arn: string; readonly operationId: string };
  /** Of the invocation under way: whoever has another one may checkpoint no more. */
  readonly token: string;
  /** The checkpoint that was answered last, so that its repetition gets the same answer. */
  readonly lastCheckpoint?: { readonly clientToken: string; readonly answer: string };
  /** An invocation is under way, or was when the platform was killed. */
  readonly isInvoking: boolean;
  /** When it is to be invoked; undefined while it waits for operations. */
  readonly wakeMs?: number;
  /** Invocations in a row that failed. */
  readonly failures: number;
  readonly operations: number;
  readonly storedBytes: number;
}

const arnForm =
  /^(?<function>arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]+):(?<version>\$LATEST|\d+)\/durable-execution\/[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+$/;

/** True for the ARN of an execution of any function. */
export const isExecutionArn = (text: string): boolean => arnForm.test(text);

export const executionNameForm = /^[A-Za-z0-9_-]{1,64}$/;

export const executionArn = (of: { functionArn: string; version: string; name: string; id: string }): string =>
  `${of.functionArn}:${of.version}/durable-execution/${of.name}/${of.id}`;
