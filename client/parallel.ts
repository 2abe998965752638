/**
 * Runs a task for each item that the source gives, at most `limit` at once; the source is asked for the next item only when
 * there is room, so whatever an item holds in memory is bounded. The first failure stops the source and is thrown once the
 * running tasks have ended.
 */
export const forEachParallel = async <T>(
  source: AsyncIterable<T> | Iterable<T>,
  limit: number,
  task: (item: T) => Promise<void>,
): Promise<void> => {
  const running = new Set<Promise<void>>();
  const failures: unknown[] = [];
  for await (const item of source) {
    const run = task(item)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => running.delete(run));
    running.add(run);
    if (running.size >= limit) await Promise.race(running);
    if (failures.length > 0) break;
  }
  await Promise.all(running);
  if (failures.length > 0) throw failures[0];
};
