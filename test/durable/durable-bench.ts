import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import {
  type DurableExecutionClient,
  DurableExecutionInvocationInputWithClient,
  type DurableLambdaHandler,
} from '@aws/durable-execution-sdk-js';
import { executionName, type JobEvent } from '../../core/jobs/job-event.ts';
import { changedJob, type JobRow, newJobRow } from '../../core/jobs/job-row.ts';
import type { JobTable } from '../../lambdas/shared/job-table.ts';
import { DurableExecutions } from '../../local/lambda/durable/durable-executions.ts';
import type { FunctionConfig } from '../../local/lambda/function-config.ts';
import type { Invocation, InvocationResult } from '../../local/lambda/invoker.ts';

const arn = 'arn:aws:lambda:ap-south-1:000000000000:function:sweep';

const config: FunctionConfig = {
  name: 'sweep',
  arn,
  region: 'ap-south-1',
  accountId: '000000000000',
  version: '1',
  description: '',
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  codePath: '',
  roleArn: '',
  timeoutMs: 900_000,
  memoryMiB: 512,
  environment: {},
  logGroupName: '',
  durable: { executionTimeoutMs: 86_400_000, retentionMs: 86_400_000 },
  tracing: false,
  modifiedMs: 0,
};

/** Where the process dies: at which checkpoint of all, and whether that was still written. */
export interface Crash {
  readonly checkpoint: number;
  readonly isWritten: boolean;
}

/**
 * A durable function in this process on the engine of the embedded platform, with crashes where a test wants them: what runs
 * at a crash never hears from anybody again, as in a container that is gone.
 */
export const createBench = ({ crashes = [] }: { crashes?: readonly Crash[] } = {}) => {
  let offsetMs = 0;
  let checkpoints = 0;
  let handler: DurableLambdaHandler | undefined;
  const db = new DatabaseSync(':memory:');
  const clock = { now: () => Date.now() + offsetMs };
  const executions: DurableExecutions = new DurableExecutions({
    db,
    clock,
    newId: randomUUID,
    invoke: (invocation) => invoke(invocation),
    resolve: (name) => ({ config, invokedArn: name }),
    isHalted: () => false,
    mayInvoke: () => {},
    onChanged: () => {},
    log: () => {},
  });

  const invoke = ({ payload }: Invocation): Promise<InvocationResult> =>
    new Promise((resolve, reject) => {
      const answer = { requestId: randomUUID(), executedVersion: '1', logTail: '' };
      const die = () =>
        resolve({ ...answer, functionError: 'Unhandled', payload: '{"errorType":"Runtime.ExitError"}' });
      const input = new DurableExecutionInvocationInputWithClient(JSON.parse(payload), clientThatMayDie(die));
      const context = { getRemainingTimeInMillis: () => 900_000, awsRequestId: answer.requestId };
      // The SDK takes three fields of Lambda's context.
      handler?.(input, context as unknown as Parameters<DurableLambdaHandler>[1]).then(
        (output) => resolve({ ...answer, payload: JSON.stringify(output) }),
        reject,
      );
    });

  const clientThatMayDie = (die: () => void): DurableExecutionClient => {
    let isDead = false;
    const checkpoint = (request: unknown): unknown => {
      checkpoints += 1;
      const crash = crashes.find((each) => each.checkpoint === checkpoints);
      if (crash !== undefined) isDead = true;
      const { DurableExecutionArn, ...rest } = request as { DurableExecutionArn: string };
      const answer =
        crash === undefined || crash.isWritten
          ? executions.checkpoint(DurableExecutionArn, JSON.parse(JSON.stringify(rest)))
          : '';
      if (crash === undefined) return withDates(JSON.parse(answer));
      die();
      return new Promise(() => {});
    };
    const alive = async (call: () => unknown) => (isDead ? new Promise<never>(() => {}) : await call());
    return {
      checkpoint: (request) => alive(() => checkpoint(request)) as ReturnType<DurableExecutionClient['checkpoint']>,
      getExecutionState: () => {
        throw new Error('The state of these executions fits into their events.');
      },
    };
  };

  const bench = {
    clock,
    executions,
    /** Sets the function; its executions begin with {@link begin}. */
    deploy(deployed: DurableLambdaHandler) {
      handler = deployed;
      executions.start();
    },
    begin: (event: JobEvent) =>
      executions.begin({
        target: { config, invokedArn: `${arn}:live` },
        payload: JSON.stringify(event),
        name: executionName(event),
        isAsync: true,
      }),
    /** Lets everything run to its end; waits pass at once. */
    async finish(): Promise<void> {
      for (;;) {
        while (!executions.isQuiet()) await new Promise((resolve) => setImmediate(resolve));
        const next = executions.store.running().length === 0 ? undefined : executions.nextMs(clock.now());
        if (next === undefined) return;
        offsetMs += Math.max(0, next - clock.now()) + 1;
        executions.pump();
      }
    },
    async [Symbol.asyncDispose]() {
      await executions.stopAll();
      db.close();
    },
  };
  return bench;
};

/** The REST interface writes seconds; the SDK's client makes dates of them. */
const withDates = (answer: { NewExecutionState: { Operations: Record<string, unknown>[] } }) => {
  const date = (value: unknown) => (typeof value === 'number' ? new Date(value * 1000) : undefined);
  const Operations = answer.NewExecutionState.Operations.map((operation) => ({
    ...operation,
    StartTimestamp: date(operation['StartTimestamp']),
    EndTimestamp: date(operation['EndTimestamp']),
    ...(operation['StepDetails'] !== undefined && {
      StepDetails: {
        ...(operation['StepDetails'] as object),
        NextAttemptTimestamp: date((operation['StepDetails'] as Record<string, unknown>)['NextAttemptTimestamp']),
      },
    }),
    ...(operation['WaitDetails'] !== undefined && {
      WaitDetails: {
        ScheduledEndTimestamp: date((operation['WaitDetails'] as Record<string, unknown>)['ScheduledEndTimestamp']),
      },
    }),
  }));
  return { ...answer, NewExecutionState: { Operations } };
};

/** Job rows in memory, with the conditions of the table. */
export const memoryJobTable = (): JobTable & { readonly rows: Map<string, JobRow>; cancel(jobId: string): void } => {
  const rows = new Map<string, JobRow>();
  return {
    rows,
    read: async (_, jobId) => structuredClone(rows.get(jobId)),
    async create(row) {
      if (rows.has(row.summary.jobId)) return false;
      rows.set(row.summary.jobId, row);
      return true;
    },
    async replace(before, after) {
      if (rows.get(before.summary.jobId)?.revision !== before.revision) return false;
      rows.set(after.summary.jobId, after);
      return true;
    },
    cancel(jobId) {
      const row = rows.get(jobId);
      if (row !== undefined) rows.set(jobId, changedJob(row, { state: 'cancelled' }, '2026-11-21T00:00:00.000Z'));
    },
  };
};

/** A row as those who start jobs write it. */
export const runningJob = (event: JobEvent): JobRow =>
  newJobRow({ ...event, state: 'running', createdAt: '2026-11-21T00:00:00.000Z', createdBy: 'asha' });
