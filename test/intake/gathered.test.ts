import { afterEach, describe, expect, it, vi } from 'vitest';
import { gathered } from '../../lambdas/shared/gathered.ts';
import { countUnderWay } from '../../lambdas/shared/under-way.ts';

afterEach(() => void vi.useRealTimers());

/** Answers each question with itself and keeps what was asked together. */
const listener = () => {
  const asked: (readonly string[])[] = [];
  return {
    asked,
    answer: async (questions: readonly string[]) => {
      asked.push(questions);
      return questions;
    },
  };
};

describe('questions that may be asked together', () => {
  it('wait for whoever may still ask, and no longer', async () => {
    const { asked, answer } = listener();
    const ask = gathered(10, answer, { askers: () => 2, ms: 60_000 });

    const first = ask('a');
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual([]);
    const answers = await Promise.all([first, ask('b')]);

    expect(answers).toEqual(['a', 'b']);
    expect(asked).toEqual([['a', 'b']]);
  });

  it('are asked after a while where the others never do', async () => {
    vi.useFakeTimers();
    const { asked, answer } = listener();
    const ask = gathered(10, answer, { askers: () => 2, ms: 100 });

    const alone = ask('a');
    vi.advanceTimersByTime(99);
    expect(asked).toEqual([]);
    vi.advanceTimersByTime(1);

    expect(await alone).toBe('a');
  });

  it('are gathered anew after each request', async () => {
    const { asked, answer } = listener();
    const ask = gathered(2, answer);

    await Promise.all(['a', 'b', 'c'].map(ask));
    await ask('d');

    expect(asked).toEqual([['a', 'b'], ['c'], ['d']]);
  });
});

describe('what is under way', () => {
  it('is counted until it ends, whether well or not', async () => {
    const { count, during } = countUnderWay();
    const counted: number[] = [];
    const note = async (): Promise<void> => void counted.push(count());

    await Promise.all([during(note), during(note)]);
    await expect(during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(counted).toEqual([1, 2]);
    expect(count()).toBe(0);
  });
});
