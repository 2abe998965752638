/** Counts what is under way in a function. */
export interface UnderWay {
  readonly count: () => number;
  /** Counts the work for as long as it runs. */
  readonly during: <T>(work: () => Promise<T>) => Promise<T>;
}

export const countUnderWay = (): UnderWay => {
  let count = 0;
  return {
    count: () => count,
    async during(work) {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
      }
    },
  };
};
