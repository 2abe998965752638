import { Worker } from 'node:worker_threads';
import type { SessionCredentials } from '../sts/session-store.ts';
import { credentialVariables } from './container-environment.ts';
import type { FunctionConfig } from './function-config.ts';
import { compileCacheVariable } from './worker/compile-cache.ts';
import type { InvokeMessage, ReportedError, WorkerMessage, WorkerStart } from './worker/messages.ts';

/** How one invocation in a container ended. */
export interface ContainerResult {
  /** JSON text; undefined where the function failed. */
  readonly payload?: string;
  readonly error?: ReportedError;
  readonly usedHeapBytes?: number;
}

export interface ContainerOptions {
  readonly config: FunctionConfig;
  readonly environment: Readonly<Record<string, string>>;
  /** The session that stands in the environment. */
  readonly credentials: Pick<SessionCredentials, 'expiresMs'>;
  readonly clockOffset: SharedArrayBuffer;
  readonly cacheDir?: string;
  readonly logStreamName: string;
  /** Lines that the function writes between and during invocations. */
  readonly onLine: (line: string, requestId: string) => void;
}

/** Lambda gives a function ten seconds to start. */
const initTimeoutMs = 10_000;

/**
 * One worker thread that runs one version of a function, one invocation at a time. A container that timed out, crashed or ran
 * out of memory is dead: it answers its invocation with the error and is never used again.
 */
export class Container {
  readonly options: ContainerOptions;
  readonly initDurationMs: Promise<number>;
  isDead = false;
  idleSinceMs = 0;
  /** When the credentials in the environment end, on the platform's clock. */
  credentialsExpireMs: number;

  readonly #worker: Worker;
  #settle: ((result: ContainerResult) => void) | undefined;
  #requestId = '';
  #renewed: Readonly<Record<string, string>> | undefined;
  #initError: ReportedError | undefined;
  #lastError: ReportedError | undefined;
  readonly #exited: Promise<void>;

  constructor(options: ContainerOptions) {
    this.options = options;
    this.credentialsExpireMs = options.credentials.expiresMs;
    const { config, clockOffset, cacheDir } = options;
    const { codePath, handler } = config;
    const start: WorkerStart = { clockOffset, codePath, handler };
    this.#worker = new Worker(new URL('./worker/bootstrap.ts', import.meta.url), {
      workerData: start,
      env: { ...options.environment, ...(cacheDir !== undefined && { [compileCacheVariable]: cacheDir }) },
      execArgv: [],
      name: config.name,
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: config.memoryMiB, maxYoungGenerationSizeMb: 8 },
    });
    this.#exited = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#onExit(code);
        resolve();
      });
    });
    this.#worker.on('error', (error) => this.#onError(error));
    this.initDurationMs = this.#waitForInit();
  }

  /** Runs one invocation; never throws, every end is a result. */
  async invoke(message: InvokeMessage): Promise<ContainerResult> {
    await this.initDurationMs;
    if (this.#initError !== undefined) {
      await this.stop();
      return { error: this.#initError };
    }
    if (this.isDead) return { error: this.#lastError ?? exitError(message.requestId, 0) };
    return new Promise((resolve) => {
      const timer = setTimeout(() => void this.#timeOut(message), message.timeoutMs);
      this.#settle = (result) => {
        clearTimeout(timer);
        this.#settle = undefined;
        resolve(result);
      };
      this.#requestId = message.requestId;
      this.#worker.postMessage({ ...message, ...(this.#renewed && { renewed: this.#renewed }) });
      this.#renewed = undefined;
    });
  }

  /** Gives the function a new session of its role, from its next invocation on. */
  renew(credentials: SessionCredentials): void {
    this.#renewed = credentialVariables(credentials);
    this.credentialsExpireMs = credentials.expiresMs;
  }

  /** Ends the thread, whatever it is doing. */
  async stop(): Promise<void> {
    this.isDead = true;
    await this.#worker.terminate();
    await this.#exited;
  }

  #waitForInit(): Promise<number> {
    const began = performance.now();
    return new Promise((resolve) => {
      const finish = (error?: ReportedError): void => {
        clearTimeout(timer);
        this.#initError = error;
        resolve(performance.now() - began);
      };
      const timer = setTimeout(() => finish(initTimedOut()), initTimeoutMs);
      this.#worker.once('exit', (code) => finish(this.#initError ?? this.#lastError ?? exitError('', code)));
      this.#worker.on('message', (message: WorkerMessage) => {
        if (message.type === 'ready') finish();
        else if (message.type === 'initFailed') finish(message.error);
        else this.#onMessage(message);
      });
    });
  }

  #onMessage(message: Exclude<WorkerMessage, { type: 'ready' | 'initFailed' }>): void {
    if (message.type === 'line') this.options.onLine(message.line, this.#requestId);
    else if (message.type === 'crashed') this.#lastError = message.error;
    else if (message.requestId !== this.#requestId) return;
    else if (message.type === 'done')
      this.#settle?.({ payload: message.payload, usedHeapBytes: message.usedHeapBytes });
    else this.#settle?.({ error: message.error, usedHeapBytes: message.usedHeapBytes });
  }

  #onError(error: Error & { code?: string }): void {
    this.#lastError =
      error.code === 'ERR_WORKER_OUT_OF_MEMORY'
        ? {
            errorType: 'Runtime.OutOfMemory',
            errorMessage: `${error.message}: Runtime exited with error: signal: killed`,
            trace: [],
          }
        : { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
  }

  #onExit(code: number): void {
    this.isDead = true;
    this.#settle?.({ error: this.#lastError ?? exitError(this.#requestId, code) });
  }

  async #timeOut({ requestId, timeoutMs }: InvokeMessage): Promise<void> {
    this.#lastError = {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
      trace: [],
    };
    await this.stop();
  }
}

const exitError = (requestId: string, code: number): ReportedError => ({
  errorType: 'Runtime.ExitError',
  errorMessage:
    code === 0
      ? `RequestId: ${requestId} Error: Runtime exited without providing a reason`
      : `RequestId: ${requestId} Error: Runtime exited with error: exit status ${code}`,
  trace: [],
});

const initTimedOut = (): ReportedError => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `Error: the function did not finish its init phase within ${initTimeoutMs / 1000} seconds`,
  trace: [],
});
