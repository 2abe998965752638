import type { AssetIndex, AssetList } from './asset-index.ts';

/** Whether the list at a place among those of an owner holds anything. */
export type ListsAhead = (owner: string, lists: readonly AssetList[], place: number) => Promise<boolean>;

const listsAtOnce = 16;

/**
 * For a walk through many lists of which most hold nothing on most days: some are asked together whether they do, so that the
 * walk waits for one answer and not for each. Meant for one page of work, whose lists do not change.
 */
export const listsAhead = (index: Pick<AssetIndex, 'list'>): ListsAhead => {
  let asked: { readonly owner: string; readonly from: number; readonly hold: readonly boolean[] } | undefined;
  return async (owner, lists, place) => {
    const known = asked?.owner === owner ? asked.hold[place - asked.from] : undefined;
    if (known !== undefined) return known;
    const pages = await Promise.all(lists.slice(place, place + listsAtOnce).map((list) => index.list(list, 1)));
    // An index may show a row that is no asset; what lies behind it counts.
    const hold = pages.map(({ items, next }) => items.length > 0 || next !== undefined);
    asked = { owner, from: place, hold };
    return hold[0] ?? false;
  };
};
