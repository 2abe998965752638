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

/** Whether the same call may succeed later, and after how long, where the answer said so. */
export type Verdict = boolean | { readonly afterMs: number };

export interface RetryOptions extends BackoffSource {
  /** How often to try in all. @default 6 */
  readonly attempts?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly retryable: (error: unknown) => Verdict;
}

const firstWaitMs = 200;
const longestWaitMs = 20_000;
/** Whoever is told to wait longer than this is better told of the failure. */
const longestToldWaitMs = 120_000;

/** Calls until it succeeds, fails for good, or has been tried often enough; full jitter between the tries. */
export const withRetries = async <T>(call: () => Promise<T>, options: RetryOptions): Promise<T> => {
  const { attempts = 6, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      const waitMs = waitAfter(options.retryable(error), attempt, options);
      if (waitMs === undefined || attempt >= attempts) throw error;
      await options.sleep(waitMs, signal);
    }
  }
};

/** A wait that was told is lengthened by chance too, or all who were told the same would come back at once. */
const waitAfter = (verdict: Verdict, attempt: number, { random }: BackoffSource): number | undefined => {
  if (verdict === false) return undefined;
  const chance = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempt - 1)) * random();
  if (verdict === true) return chance;
  return verdict.afterMs > longestToldWaitMs ? undefined : verdict.afterMs + chance;
};
