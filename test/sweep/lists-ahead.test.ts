import { describe, expect, it } from 'vitest';
import { indexNames } from '../../core/catalog/keys.ts';
import type { AssetIndex } from '../../lambdas/shared/asset-index.ts';
import { listsAhead } from '../../lambdas/shared/lists-ahead.ts';

const lists = Array.from({ length: 40 }, (_, place) => ({ index: indexNames.byKind, partition: `p${place}` }));
const holding = new Set(['p0', 'p15', 'p16', 'p39']);

/** An index in which some lists hold something, if only a row that is no asset; each question is noted. */
const noting = () => {
  const asked: string[] = [];
  const list: AssetIndex['list'] = async ({ partition }) => {
    asked.push(partition);
    return { items: [], next: holding.has(partition) ? { pk: partition } : undefined };
  };
  return { asked, holdsAny: listsAhead({ list }) };
};

describe('lists that are asked together', () => {
  it('each tell whether they hold anything, and are asked once in a walk', async () => {
    const { asked, holdsAny } = noting();
    const found: string[] = [];
    for (const [place, { partition }] of lists.entries()) {
      if (await holdsAny('acme', lists, place)) found.push(partition);
    }

    expect(found).toEqual([...holding]);
    expect(asked).toEqual(lists.map(({ partition }) => partition));
  });

  it('are those of one owner, from any place on', async () => {
    const { asked, holdsAny } = noting();
    const answers = [
      await holdsAny('acme', lists, 38),
      await holdsAny('globex', lists.slice(1), 38),
      await holdsAny('acme', lists, 15),
      await holdsAny('acme', lists, 14),
    ];

    expect(answers).toEqual([false, true, true, false]);
    expect(asked.slice(0, 3)).toEqual(['p38', 'p39', 'p39']);
  });
});
