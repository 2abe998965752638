import { AwsError } from '../../aws/aws-error.ts';
import { transaction } from '../../aws/transaction.ts';
import type { ResolvedFunction } from '../function-registry.ts';
import type { InvocationResult } from '../invoker.ts';
import { invalidParameter } from '../lambda-error.ts';
import { whenDue } from './apply-update.ts';
import { ChainedCalls } from './chained-calls.ts';
import { stateFrom, takeCheckpoint } from './checkpoint.ts';
import { createDurableStore, type DurableStore } from './durable-store.ts';
import { type Execution, executionArn, executionNameForm } from './execution.ts';
import { ExecutionChanges } from './execution-changes.ts';
import { invocationEvent, startEvent } from './history.ts';
import { type TrackedOperation, timeForms, toWire } from './operation.ts';
import type { DurableDeps } from './ports.ts';
import { type CheckpointRequest, type ErrorObject, InvocationOutput } from './wire.ts';

/** What begins an execution. */
export interface StartRequest {
  readonly target: ResolvedFunction;
  readonly payload: string;
  /** @default a random one */
  readonly name?: string | undefined;
  readonly isAsync: boolean;
  readonly parent?: Execution['parent'];
}

const longestTimerMs = 2_147_483_647;
const longestBackoffMs = 300_000;

/** An execution whose function failed is invoked again after 1, 2, 4 … seconds, five minutes at most, until it times out. */
const backoffMs = (failures: number): number => Math.min(1000 * 2 ** (failures - 1), longestBackoffMs);

/**
 * The durable executions of the platform. All state is in the database before anybody is told of it: an execution that was
 * being invoked when the platform was killed is invoked again at the next start, with everything that it had checkpointed.
 * Waits, retries and timeouts are due times on the platform's clock; `pump` looks at what has come due, in that order.
 */
export class DurableExecutions {
  readonly store: DurableStore;
  readonly changes: ExecutionChanges;
  readonly #deps: DurableDeps;
  readonly #calls: ChainedCalls;
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #isStarted = false;
  /** What was due up to here has been done or waits for its region. */
  #pumpedMs = 0;

  constructor(deps: DurableDeps) {
    this.#deps = deps;
    this.store = createDurableStore(deps.db);
    this.changes = new ExecutionChanges(deps, this.store, () => this.pump());
    this.#calls = new ChainedCalls(deps, {
      begin: (request) => this.begin(request),
      complete: (arn, operationId, end) => this.changes.completeOperation(arn, operationId, end),
    });
  }

  /** Begins an execution, or answers the one of this name; throws where that one was begun with something else. */
  begin({ target, payload, name = this.#deps.newId(), isAsync, parent }: StartRequest): Execution {
    const { config, invokedArn } = target;
    if (config.durable === undefined) throw invalidParameter(`The function ${config.arn} is not durable.`);
    if (invokedArn === config.arn) {
      throw invalidParameter('You cannot invoke a durable function using an unqualified ARN.');
    }
    if (!executionNameForm.test(name)) {
      throw invalidParameter(`The execution name ${name} must be 1 to 64 letters, digits, hyphens and underscores.`);
    }
    const known = this.store.findByName(config.arn, name);
    if (known !== undefined) return sameAgain(known, payload);
    const startedMs = this.#deps.clock.now();
    const { version } = config;
    const execution: Execution = {
      arn: executionArn({ functionArn: config.arn, version, name, id: this.#deps.newId() }),
      name,
      functionArn: config.arn,
      invokedArn,
      version,
      payload,
      status: 'RUNNING',
      startedMs,
      timesOutMs: startedMs + config.durable.executionTimeoutMs,
      retentionMs: config.durable.retentionMs,
      isAsync,
      ...(parent !== undefined && { parent }),
      token: this.#deps.newId(),
      isInvoking: false,
      wakeMs: startedMs,
      failures: 0,
      operations: 1,
      storedBytes: Buffer.byteLength(payload),
    };
    transaction(this.#deps.db, () => {
      this.store.put(execution);
      this.store.putOperation(execution.arn, 1, { operation: ownOperation(execution, this.#deps.newId()) });
      this.store.putEvent(execution.arn, startEvent(execution));
    });
    this.#deps.onChanged(execution, config);
    queueMicrotask(() => this.pump());
    return execution;
  }

  checkpoint(arn: string, request: CheckpointRequest): string {
    const execution = this.changes.get(arn);
    const { answer, calls, end } = takeCheckpoint({ ...this.#deps, store: this.store }, execution, request);
    if (end !== undefined) this.changes.end(arn, end);
    for (const call of calls) this.#calls.begin(execution, call);
    this.#arm();
    return answer;
  }

  state(arn: string, request: { token: string; afterSeq: number; most: number }) {
    const execution = this.changes.get(arn);
    if (execution.status !== 'RUNNING' || execution.token !== request.token) {
      throw invalidParameter('Invalid Checkpoint Token');
    }
    return stateFrom(this.store, arn, request);
  }

  /** Ends an execution from outside; one that has ended stays as it is. */
  stop(arn: string, error: ErrorObject): Execution {
    if (this.changes.get(arn).status === 'RUNNING') this.changes.end(arn, { status: 'STOPPED', error });
    return this.changes.get(arn);
  }

  start(): void {
    this.#isStarted = true;
    for (const execution of this.store.running()) {
      if (execution.isInvoking) this.store.put({ ...execution, isInvoking: false, wakeMs: this.#deps.clock.now() });
      this.#calls.resume(execution, this.store.operations(execution.arn, 0, Number.MAX_SAFE_INTEGER));
    }
    this.pump();
  }

  async stopAll(): Promise<void> {
    this.#isStarted = false;
    clearTimeout(this.#timer);
    await Promise.all([...this.#running.values(), this.#calls.idle()]);
  }

  /** When something changes by itself after an instant; undefined where nothing will. */
  nextMs(afterMs: number): number | undefined {
    return this.store.nextMs(afterMs);
  }

  /** Nothing is invoked and nothing is due before the clock moves on. */
  isQuiet(): boolean {
    if (this.#running.size > 0 || !this.#calls.isQuiet()) return false;
    if (!this.#isStarted) return true;
    const nowMs = this.#deps.clock.now();
    if (this.store.dueOperations(nowMs).length > 0 || this.store.toTimeOut(nowMs).length > 0) return false;
    return this.store.toWake(nowMs).every((execution) => this.#deps.isHalted(execution.functionArn));
  }

  /** Does what has come due, in the order of the due times, and invokes what is to be invoked. */
  pump(): void {
    if (!this.#isStarted) return;
    const nowMs = this.#deps.clock.now();
    this.#pumpedMs = nowMs;
    this.#fireDue(nowMs);
    for (const { arn } of this.store.toTimeOut(nowMs)) this.changes.end(arn, { status: 'TIMED_OUT', error: timedOut });
    for (const execution of this.store.toWake(nowMs)) {
      if (!this.#running.has(execution.arn) && !this.#deps.isHalted(execution.functionArn)) this.#invoke(execution);
    }
    this.store.forgetOld(nowMs);
    this.#arm();
  }

  #fireDue(nowMs: number): void {
    for (let due = this.store.dueOperations(nowMs); due.length > 0; due = this.store.dueOperations(nowMs)) {
      for (const { arn, seq, ...tracked } of due) {
        this.changes.changeOperation({ arn, seq, nowMs }, whenDue(tracked, nowMs));
      }
    }
  }

  #arm(): void {
    clearTimeout(this.#timer);
    const next = this.#isStarted ? this.nextMs(this.#pumpedMs) : undefined;
    if (next === undefined) return;
    const delayMs = Math.min(Math.max(next - this.#deps.clock.now(), 0) + 1, longestTimerMs);
    this.#timer = setTimeout(() => this.pump(), delayMs).unref();
  }

  #invoke(execution: Execution): void {
    const run = this.#runOnce(execution).finally(() => {
      this.#running.delete(execution.arn);
      this.pump();
    });
    this.#running.set(execution.arn, run);
  }

  async #runOnce({ wakeMs: _, lastCheckpoint: __, ...execution }: Execution): Promise<void> {
    const { arn } = execution;
    const token = this.#deps.newId();
    const beganMs = this.#deps.clock.now();
    const news = this.store.newOperations(arn).filter(({ operation }) => operation.Type !== 'EXECUTION');
    this.store.put({ ...execution, token, isInvoking: true });
    const { operations, nextMarker } = stateFrom(this.store, arn, { afterSeq: 0 });
    this.store.markDelivered(arn);
    const event = {
      DurableExecutionArn: arn,
      CheckpointToken: token,
      ...(news.length > 0 && { UpdatedOperationIds: news.map(({ operation }) => operation.Id) }),
      InitialExecutionState: {
        Operations: operations.map((operation) => toWire(operation, timeForms.event)),
        ...(nextMarker !== undefined && { NextMarker: nextMarker }),
      },
    };
    try {
      const { config } = this.changes.pinned(execution);
      const { invokedArn } = execution;
      const payload = JSON.stringify(event);
      const result = await this.#deps.invoke({ config, invokedFunctionArn: invokedArn, payload });
      this.#settle(arn, beganMs, result);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#notInvoked(arn, error);
    }
  }

  /** No invocation started: throttled, or the version is gone. */
  #notInvoked(arn: string, error: AwsError): void {
    if (error.code === 'ResourceNotFoundException') {
      this.changes.end(arn, { status: 'FAILED', error: { ErrorType: error.code, ErrorMessage: error.message } });
    } else if (this.#isStarted) {
      const execution = this.changes.get(arn);
      this.store.put({ ...execution, isInvoking: false, wakeMs: this.#deps.clock.now() + 1000 });
    }
  }

  #settle(arn: string, beganMs: number, { requestId, payload, functionError }: InvocationResult): void {
    // Cut off by the end of the platform: it stays marked and is invoked again at the next start.
    if (functionError !== undefined && !this.#isStarted) return;
    const error = functionError === undefined ? undefined : reportedError(payload);
    const nowMs = this.#deps.clock.now();
    this.store.putEvent(arn, invocationEvent({ beganMs, nowMs, requestId, error }));
    const execution = this.changes.get(arn);
    if (execution.status !== 'RUNNING') return;
    if (error !== undefined) {
      const failures = execution.failures + 1;
      this.store.put({ ...execution, isInvoking: false, failures, wakeMs: nowMs + backoffMs(failures) });
      return;
    }
    this.#settleOutput(execution, payload);
  }

  #settleOutput(execution: Execution, payload: string): void {
    const { arn } = execution;
    const output = InvocationOutput.safeParse(JSON.parse(payload)).data;
    if (output === undefined) {
      this.changes.end(arn, { status: 'FAILED', error: { ErrorMessage: 'Invalid Status in invocation output.' } });
    } else if (output.Status !== 'PENDING') {
      this.changes.end(arn, {
        status: output.Status,
        ...(output.Status === 'SUCCEEDED' ? { result: output.Result ?? '' } : { error: output.Error ?? {} }),
      });
    } else if (this.store.newOperations(arn).length > 0) {
      this.store.put({ ...execution, isInvoking: false, failures: 0, wakeMs: this.#deps.clock.now() });
    } else if (this.store.openOperations(arn) > 0) {
      this.store.put({ ...execution, isInvoking: false, failures: 0 });
    } else {
      const ErrorMessage = 'Cannot return PENDING status with no pending operations.';
      this.changes.end(arn, { status: 'FAILED', error: { ErrorMessage } });
    }
  }
}

const timedOut: ErrorObject = { ErrorType: 'Execution.Timeout', ErrorMessage: 'Execution timed out' };

const sameAgain = (known: Execution, payload: string): Execution => {
  if (known.payload === payload) return known;
  throw new AwsError(
    'DurableExecutionAlreadyStartedException',
    409,
    `The durable execution ${known.name} has already been started with another payload.`,
  );
};

const ownOperation = ({ name, startedMs, payload }: Execution, id: string): TrackedOperation['operation'] => ({
  Id: id,
  Name: name,
  Type: 'EXECUTION',
  Status: 'STARTED',
  StartTimestamp: startedMs,
  ExecutionDetails: { InputPayload: payload },
});

/** What Lambda reports of a function that failed. */
const reportedError = (payload: string): ErrorObject => {
  const { errorType, errorMessage }: { errorType?: string; errorMessage?: string } = JSON.parse(payload);
  return { ErrorType: errorType, ErrorMessage: errorMessage };
};
