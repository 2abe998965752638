import { AwsError } from '../../aws/aws-error.ts';
import { transaction } from '../../aws/transaction.ts';
import type { FunctionConfig } from '../function-config.ts';
import type { ResolvedFunction } from '../function-registry.ts';
import { invalidParameter } from '../lambda-error.ts';
import { ended, withHeartbeat } from './apply-update.ts';
import type { DurableStore, PlacedOperation } from './durable-store.ts';
import type { Execution, ExecutionStatus } from './execution.ts';
import { endEvent, operationEvent } from './history.ts';
import { hasEnded, type TrackedOperation } from './operation.ts';
import type { DurableDeps } from './ports.ts';
import type { ErrorObject } from './wire.ts';

export interface ExecutionEnd {
  readonly status: ExecutionStatus;
  readonly result?: string;
  readonly error?: ErrorObject;
}

/** What happens to executions and their operations from outside an invocation: each change is written whole, then told. */
export class ExecutionChanges {
  readonly store: DurableStore;
  readonly #deps: DurableDeps;
  readonly #waiting = new Map<string, ((execution: Execution) => void)[]>();
  /** Called after a change that may have something to be invoked. */
  readonly #wake: () => void;

  constructor(deps: DurableDeps, store: DurableStore, wake: () => void) {
    this.#deps = deps;
    this.store = store;
    this.#wake = wake;
  }

  get(arn: string): Execution {
    const execution = this.store.find(arn);
    if (execution !== undefined) return execution;
    throw new AwsError('ResourceNotFoundException', 404, `Durable execution not found: ${arn}`);
  }

  /** The very version that the execution began with; throws where it is gone. */
  pinned({ functionArn, version }: Execution): ResolvedFunction {
    const [, , , region = '', accountId = ''] = functionArn.split(':');
    return this.#deps.resolve(`${functionArn}:${version}`, { region, accountId });
  }

  /** The execution once it has ended. */
  whenEnded(arn: string): Promise<Execution> {
    const execution = this.get(arn);
    if (execution.status !== 'RUNNING') return Promise.resolve(execution);
    return new Promise((resolve) => this.#waiting.set(arn, [...(this.#waiting.get(arn) ?? []), resolve]));
  }

  /** Writes what became of an operation; an execution that nobody invokes is woken for it. */
  changeOperation({ arn, seq, nowMs }: { arn: string; seq: number; nowMs: number }, tracked: TrackedOperation): void {
    transaction(this.#deps.db, () => {
      this.store.putOperation(arn, seq, tracked);
      const event = operationEvent(tracked.operation, nowMs);
      if (event !== undefined) this.store.putEvent(arn, event);
      const execution = this.get(arn);
      if (!execution.isInvoking) this.store.put({ ...execution, wakeMs: execution.wakeMs ?? nowMs });
    });
  }

  /** Ends an operation that somebody else works on; one that has ended stays as it is. */
  completeOperation(arn: string, operationId: string, { status, result, error }: ExecutionEnd): void {
    const known = this.store.operation(arn, operationId);
    if (known === undefined || hasEnded(known.operation) || this.get(arn).status !== 'RUNNING') return;
    const outcome = { ...(result !== undefined && { Result: result }), ...(error && { Error: error }) };
    const to = status === 'RUNNING' ? 'FAILED' : status;
    const nowMs = this.#deps.clock.now();
    this.changeOperation({ arn, seq: known.seq, nowMs }, ended(known.operation, to, outcome, nowMs));
    queueMicrotask(this.#wake);
  }

  /** Shows that whoever is to answer a callback is alive. */
  heartbeat(callbackId: string): void {
    const { arn, seq, ...tracked } = this.openCallback(callbackId);
    this.store.putOperation(arn, seq, withHeartbeat(tracked, this.#deps.clock.now()));
    this.#wake();
  }

  /** The operation that a callback answers; throws where it is over. */
  openCallback(callbackId: string): PlacedOperation & { readonly arn: string } {
    const found = this.store.findCallback(callbackId);
    if (found === undefined) throw invalidParameter('Invalid callback id');
    if (hasEnded(found.operation) || this.get(found.arn).status !== 'RUNNING') {
      throw new AwsError('CallbackTimeoutException', 400, 'The callback has been completed or has timed out.');
    }
    return found;
  }

  /** Ends an execution and tells whoever waits for it. */
  end(arn: string, end: ExecutionEnd): void {
    const { wakeMs: _, ...running } = this.get(arn);
    const endedMs = this.#deps.clock.now();
    const execution: Execution = { ...running, ...end, endedMs, isInvoking: false };
    transaction(this.#deps.db, () => {
      this.store.put(execution);
      this.store.restOperations(arn);
      this.store.putEvent(arn, endEvent(execution, endedMs));
    });
    for (const tell of this.#waiting.get(arn) ?? []) tell(execution);
    this.#waiting.delete(arn);
    const { parent } = execution;
    if (parent !== undefined) this.completeOperation(parent.arn, parent.operationId, end);
    this.#deps.onChanged(execution, this.#configOf(execution));
  }

  #configOf(execution: Execution): FunctionConfig | undefined {
    try {
      return this.pinned(execution).config;
    } catch (error) {
      this.#deps.log(`durable: the version of ${execution.arn} is gone: ${String(error)}`);
      return undefined;
    }
  }
}
