import { AwsError } from '../../aws/aws-error.ts';
import type { StartRequest } from './durable-executions.ts';
import type { DurableStore } from './durable-store.ts';
import type { Execution } from './execution.ts';
import type { ExecutionEnd } from './execution-changes.ts';
import type { TrackedOperation } from './operation.ts';
import type { DurableDeps } from './ports.ts';

interface Executions {
  begin(request: StartRequest): Execution;
  complete(arn: string, operationId: string, end: ExecutionEnd): void;
}

/** Functions that executions call and wait for: durable ones as executions of their own, others directly. */
export class ChainedCalls {
  readonly #deps: DurableDeps;
  readonly #executions: Executions;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: DurableDeps, executions: Executions) {
    this.#deps = deps;
    this.#executions = executions;
  }

  begin(execution: Execution, { operation, call }: TrackedOperation): void {
    if (call === undefined) return;
    const running = this.#call(execution, operation.Id, call).finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Calls again what was being called when the platform ended; an execution of its own goes on by itself. */
  resume(execution: Execution, operations: ReturnType<DurableStore['operations']>): void {
    for (const tracked of operations) {
      if (tracked.call !== undefined && tracked.operation.Status === 'STARTED') this.begin(execution, tracked);
    }
  }

  isQuiet(): boolean {
    return this.#running.size === 0;
  }

  async idle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #call(execution: Execution, operationId: string, call: NonNullable<TrackedOperation['call']>): Promise<void> {
    const { arn, functionArn, version } = execution;
    const [, , , region = '', accountId = ''] = functionArn.split(':');
    try {
      const { config } = this.#deps.resolve(`${functionArn}:${version}`, { region, accountId });
      const target = this.#deps.resolve(call.functionName, { region, accountId });
      this.#deps.mayInvoke(config, target);
      if (target.config.durable !== undefined) {
        // The name makes a call after a restart the same execution.
        const name = `${execution.name.slice(0, 40)}-${operationId}`.slice(0, 64);
        const parent = { arn, operationId };
        const child = this.#executions.begin({ target, payload: call.payload, name, isAsync: false, parent });
        if (child.status !== 'RUNNING') this.#executions.complete(arn, operationId, child);
        return;
      }
      const { payload, functionError } = await this.#deps.invoke({
        config: target.config,
        invokedFunctionArn: target.invokedArn,
        payload: call.payload,
      });
      this.#executions.complete(arn, operationId, functionError === undefined ? succeeded(payload) : failed(payload));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const reported = { ErrorType: error.code, ErrorMessage: error.message };
      this.#executions.complete(arn, operationId, { status: 'FAILED', error: reported });
    }
  }
}

const succeeded = (payload: string): ExecutionEnd => ({ status: 'SUCCEEDED', result: payload });

const failed = (payload: string): ExecutionEnd => {
  const { errorType, errorMessage }: { errorType?: string; errorMessage?: string } = JSON.parse(payload);
  return { status: 'FAILED', error: { ErrorType: errorType, ErrorMessage: errorMessage } };
};
