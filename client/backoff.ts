/** Waits and dice, injected so that tests decide both. */
export interface BackoffSource {
  /** Resolves after so many milliseconds, rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** In [0, 1). */
  random(): number;
}

export const systemBackoff: BackoffSource = {
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      }, ms);
      signal?.addEventListener('abort', onAbort, { once: true });
    }),
  random: Math.random,
};

export interface RetryOptions extends BackoffSource {
  /** How often to try in all. @default 6 */
  readonly attempts?: number;
  readonly signal?: AbortSignal;
  /** Whether the same call may succeed later, and after how long, where the answer said so. */
  readonly retryable: (error: unknown) => boolean | { afterMs: number };
}

const firstWaitMs = 200;
const longestWaitMs = 20_000;

/** Calls until it succeeds, fails for good, or has been tried often enough; full jitter between the tries. */
export const withRetries = async <T>(call: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> => {
  const attempts = options.attempts ?? 6;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call(attempt);
    } catch (error) {
      options.signal?.throwIfAborted();
      const verdict = options.retryable(error);
      if (verdict === false || attempt >= attempts) throw error;
      const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1));
      const wait = verdict === true ? ceiling * options.random() : verdict.afterMs;
      await options.sleep(wait, options.signal);
    }
  }
};
