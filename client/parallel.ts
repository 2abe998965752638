/**
 * Runs a task for each item that the source gives, at most `limit` at once; the source is asked for the next item only when
 * there is room. The first failure, of a task or of the source, stops the source and is thrown once the running tasks have
 * ended.
 */
export const forEachParallel = async <T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    for await (const item of source) {
      const run: Promise<void> = task(item)
        .catch((error: unknown) => void failures.push(error))
        .finally(() => running.delete(run));
      running.add(run);
      if (running.size >= limit) await Promise.race(running);
      if (failures.length > 0) break;
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
};

/**
 * So many places, handed out first come, first served. Whatever holds much memory holds a place, so that the memory is
 * bounded however many uploads run side by side.
 */
export class Places {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  /** Waits for a place; answers the function that gives it back. Throws the signal's reason. */
  async take(signal?: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    const giveBack = onceOnly(() => this.#giveBack());
    if (!signal?.aborted) return giveBack;
    giveBack();
    throw signal.reason;
  }

  #giveBack(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}

const onceOnly = (run: () => void): (() => void) => {
  let done = false;
  return () => {
    if (!done) run();
    done = true;
  };
};
