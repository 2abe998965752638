import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countedAhead } from '../../lambdas/api/counted-ahead.ts';
import type { RateRows } from '../../lambdas/api/ports.ts';

/** Rows in memory, and how many requests each write counted. */
const rows = () => {
  const counted = new Map<string, number>();
  const writes: number[] = [];
  const take: RateRows['take'] = async (principal, { minute, requests, limit }) => {
    const key = `${principal}@${minute}`;
    const sum = (counted.get(key) ?? 0) + requests;
    if (sum > limit) return false;
    counted.set(key, sum);
    writes.push(requests);
    return true;
  };
  return { take, writes };
};

describe('counting ahead', () => {
  it('writes twice as far ahead each time, up to a fiftieth of the limit', async () => {
    const { take, writes } = rows();
    const rates = countedAhead({ take });
    for (let count = 0; count < 30; count++) expect(await rates.admit('ann', 7, 500)).toBe(true);

    expect(writes).toEqual([1, 2, 4, 8, 10, 10]);
  });

  it('begins with one in each minute and for each caller', async () => {
    const { take, writes } = rows();
    const rates = countedAhead({ take });
    for (const [principal, minute] of [
      ['ann', 7],
      ['ann', 7],
      ['bob', 7],
      ['ann', 8],
    ] as const) {
      await rates.admit(principal, minute, 500);
    }

    expect(writes).toEqual([1, 2, 1, 1]);
  });

  it('never admits more than the limit, and all of it to a caller of one container', async () => {
    const histories = fc.array(fc.record({ container: fc.nat(3), minute: fc.nat(1) }), { maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), histories, async (limit, history) => {
        const shared = rows();
        const containers = Array.from({ length: 4 }, () => countedAhead(shared));
        const admitted = [0, 0];
        for (const { container, minute } of history.toSorted((one, other) => one.minute - other.minute)) {
          if (await containers[container]?.admit('ann', minute, limit)) admitted[minute] = (admitted[minute] ?? 0) + 1;
        }
        expect(Math.max(...admitted)).toBeLessThanOrEqual(limit);

        const alone = countedAhead(rows());
        let allowed = 0;
        for (let count = 0; count < limit + 5; count++) if (await alone.admit('bob', 1, limit)) allowed += 1;
        expect(allowed).toBe(limit);
      }),
    );
  });

  it('admits nobody where the rows fail', async () => {
    const rates = countedAhead({ take: () => Promise.reject(new Error('unreachable')) });

    await expect(rates.admit('ann', 7, 500)).rejects.toThrow('unreachable');
  });
});
