import { inParallel } from './in-parallel.ts';

/** What the work makes of each item, in the order of the items, so many at once. Throws the first failure, after all have ended. */
export const mapInParallel = async <Item, Result>(
  items: readonly Item[],
  lanes: number,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = [];
  const failures: unknown[] = [];
  await inParallel([...items.entries()], lanes, async ([index, item]) => {
    if (failures.length > 0) return;
    try {
      results[index] = await work(item);
    } catch (error) {
      failures.push(error);
    }
  });
  if (failures.length > 0) throw failures[0];
  return results;
};
