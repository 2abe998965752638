/** A count with its noun: `1 minute`, `2 minutes`; `plural` where it does not end in `s`. */
export const amount = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count} ${count === 1 ? noun : plural}`;
