/** An error as Lambda reports it to whoever invoked. */
export interface ReportedError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace: readonly string[];
}

/** What a worker is started with. */
export interface WorkerStart {
  /** One Float64: milliseconds by which the platform's clock is ahead of the machine's. */
  readonly clockOffset: SharedArrayBuffer;
  readonly codePath: string;
  /** `index.handler` */
  readonly handler: string;
}

/** One invocation, to the worker. */
export interface InvokeMessage {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly payload: string;
  readonly timeoutMs: number;
  readonly invokedFunctionArn: string;
  readonly traceId: string;
  /** Variables that take the place of those that the worker was started with: a new session of the function's role. */
  readonly renewed?: Readonly<Record<string, string>>;
}

/** From the worker, in the order in which things happened. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | { readonly type: 'initFailed'; readonly error: ReportedError }
  | { readonly type: 'line'; readonly line: string }
  | { readonly type: 'done'; readonly requestId: string; readonly payload: string; readonly usedHeapBytes: number }
  | {
      readonly type: 'failed';
      readonly requestId: string;
      readonly error: ReportedError;
      readonly usedHeapBytes: number;
    }
  | { readonly type: 'crashed'; readonly error: ReportedError };
