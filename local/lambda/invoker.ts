import { randomBytes } from 'node:crypto';
import { type Concurrency, type ConcurrencyLimits, createConcurrency } from './concurrency.ts';
import type { ContainerResult } from './container.ts';
import { ContainerPool, type ContainerPoolDeps } from './container-pool.ts';
import type { FunctionConfig } from './function-config.ts';
import { shuttingDown } from './lambda-error.ts';
import { endLine, errorLine, reportLine, startLine } from './log-lines.ts';
import { maxResponseBytes } from './payload-limits.ts';
import type { ReportedError } from './worker/messages.ts';

/** A line of a function's log. */
export interface LogLine {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly requestId: string;
  readonly timestampMs: number;
  readonly line: string;
}

/** A value of a metric that the platform itself measures. */
export interface PlatformMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: string;
  readonly timestamp: number;
}

export interface InvokerDeps extends Omit<ContainerPoolDeps, 'maxContainers' | 'onLine'> {
  readonly limits: ConcurrencyLimits;
  readonly onLog: (line: LogLine) => void;
  readonly onMetric: (metric: PlatformMetric) => void;
}

export interface Invocation {
  readonly config: FunctionConfig;
  /** The event as JSON text. */
  readonly payload: string;
  readonly invokedFunctionArn: string;
  readonly requestId?: string;
}

export interface InvocationResult {
  readonly requestId: string;
  readonly executedVersion: string;
  /** JSON text: the function's answer, or the error as Lambda reports it. */
  readonly payload: string;
  readonly functionError?: 'Unhandled';
  /** The last 4 KB of the log. */
  readonly logTail: string;
}

const logTailBytes = 4096;

/** Runs functions: takes a place among the concurrent executions and a container, and reports what happened. */
export class Invoker {
  readonly concurrency: Concurrency;
  readonly pool: ContainerPool;
  readonly #deps: InvokerDeps;
  readonly #tails = new Map<string, string>();
  readonly #running = new Set<Promise<unknown>>();
  #isClosed = false;

  constructor(deps: InvokerDeps) {
    this.#deps = deps;
    this.concurrency = createConcurrency(deps.limits);
    const onLine: ContainerPoolDeps['onLine'] = (config, { logStreamName }, line, requestId) =>
      this.#log(config, logStreamName, requestId, line);
    this.pool = new ContainerPool({ ...deps, maxContainers: deps.limits.account, onLine });
  }

  /** Throws only where no execution starts: throttled, or closing. Whatever the function does is a result. */
  async invoke(invocation: Invocation): Promise<InvocationResult> {
    if (this.#isClosed) throw shuttingDown();
    try {
      await this.concurrency.reserve(invocation.config);
    } catch (error) {
      this.#measure(invocation.config, 'Throttles', 1);
      throw error;
    }
    const running = this.#runReserved(invocation);
    this.#running.add(running);
    this.#measureUse();
    return running.finally(() => this.#running.delete(running));
  }

  /** Waits until nothing runs. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.concurrency.close();
    await this.pool.close();
    await this.idle();
  }

  async #runReserved(invocation: Invocation): Promise<InvocationResult> {
    const { config, requestId = this.#deps.newId() } = invocation;
    this.#tails.set(requestId, '');
    try {
      return await this.#runInContainer({ ...invocation, requestId });
    } finally {
      this.#tails.delete(requestId);
      this.concurrency.release(config);
    }
  }

  async #runInContainer(invocation: Invocation & { requestId: string }): Promise<InvocationResult> {
    const { config, requestId, payload, invokedFunctionArn } = invocation;
    const { container, isNew } = this.pool.take(config);
    const { logStreamName } = container.options;
    const log = (line: string): void => this.#log(config, logStreamName, requestId, line);
    const initMs = isNew ? await container.initDurationMs : undefined;
    log(startLine(requestId, config.version));
    const began = performance.now();
    const message = {
      requestId,
      payload,
      timeoutMs: config.timeoutMs,
      invokedFunctionArn,
      traceId: traceId(this.#deps.clock.now()),
    };
    const result = bounded(await container.invoke(message));
    const durationMs = performance.now() - began;
    if (result.error !== undefined) log(errorLine(this.#deps.clock.now(), requestId, result.error));
    log(endLine(requestId));
    log(
      reportLine({ requestId, durationMs, initMs, memoryMiB: config.memoryMiB, usedHeapBytes: result.usedHeapBytes }),
    );
    this.pool.give(container);
    this.#measureEnd(config, durationMs, result.error !== undefined);
    return this.#describe(invocation, result);
  }

  #describe(
    { config, requestId }: Invocation & { requestId: string },
    { payload, error }: ContainerResult,
  ): InvocationResult {
    const logTail = this.#tails.get(requestId) ?? '';
    const about = { requestId, executedVersion: config.version, logTail };
    if (error === undefined) return { ...about, payload: payload ?? 'null' };
    return { ...about, payload: JSON.stringify(withoutEmptyTrace(error)), functionError: 'Unhandled' };
  }

  #log(config: FunctionConfig, logStreamName: string, requestId: string, line: string): void {
    const tail = this.#tails.get(requestId);
    if (tail !== undefined) this.#tails.set(requestId, `${tail}${line}\n`.slice(-logTailBytes));
    const { name: functionName, logGroupName } = config;
    const timestampMs = this.#deps.clock.now();
    this.#deps.onLog({ functionName, logGroupName, logStreamName, requestId, timestampMs, line });
  }

  #measureEnd(config: FunctionConfig, durationMs: number, failed: boolean): void {
    this.#measure(config, 'Invocations', 1);
    this.#measure(config, 'Errors', failed ? 1 : 0);
    this.#measure(config, 'Throttles', 0);
    this.#measure(config, 'Duration', durationMs, 'Milliseconds');
  }

  /** How many executions there are at once, as Lambda counts them and as the account's use of its quota. */
  #measureUse(): void {
    const about = { value: this.#running.size, unit: 'Count', timestamp: this.#deps.clock.now() };
    const use = { Service: 'Lambda', Type: 'Resource', Resource: 'ConcurrentExecutions', Class: 'None' };
    this.#deps.onMetric({ ...about, namespace: 'AWS/Lambda', name: 'ConcurrentExecutions', dimensions: {} });
    this.#deps.onMetric({ ...about, namespace: 'AWS/Usage', name: 'ResourceCount', dimensions: use });
  }

  #measure({ name }: FunctionConfig, metric: string, value: number, unit = 'Count'): void {
    const dimensions = { FunctionName: name };
    this.#deps.onMetric({
      namespace: 'AWS/Lambda',
      name: metric,
      dimensions,
      value,
      unit,
      timestamp: this.#deps.clock.now(),
    });
  }
}

/** An answer that is too large is an error of the function. */
const bounded = (result: ContainerResult): ContainerResult => {
  const bytes = Buffer.byteLength(result.payload ?? '');
  if (bytes <= maxResponseBytes) return result;
  const errorMessage = `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${maxResponseBytes} bytes).`;
  return {
    ...result,
    payload: undefined,
    error: { errorType: 'Function.ResponseSizeTooLarge', errorMessage, trace: [] },
  };
};

const withoutEmptyTrace = ({ errorType, errorMessage, trace }: ReportedError): object =>
  trace.length === 0 ? { errorType, errorMessage } : { errorType, errorMessage, trace };

const traceId = (nowMs: number): string => {
  const seconds = Math.floor(nowMs / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
};
