import { compareKeys } from './key-order.ts';

/** Something that stands under a key. */
export interface Keyed {
  readonly key: string;
}

/** What each side has under one key; at least one of them has something. */
export interface Joined<Left, Right> {
  readonly key: string;
  readonly left?: Left;
  readonly right?: Right;
}

/** Pages of things in the order of their keys. */
export type Pages<Item> = AsyncIterable<readonly Item[]> | Iterable<readonly Item[]>;

/**
 * Goes through two ordered streams at once and pairs what stands under the same key. It holds one page of each side and
 * answers pages of at most {@link joinedPage} pairs, whatever the length of the streams.
 *
 * @throws Error when a side is not in order or names a key twice: what would follow could not be believed.
 */
export async function* mergeJoin<Left extends Keyed, Right extends Keyed>(
  left: Pages<Left>,
  right: Pages<Right>,
): AsyncGenerator<readonly Joined<Left, Right>[]> {
  const lefts = new Reader(left, 'left');
  const rights = new Reader(right, 'right');
  let page: Joined<Left, Right>[] = [];
  for (;;) {
    if (lefts.empty) await lefts.fill();
    if (rights.empty) await rights.fill();
    const [a, b] = [lefts.peek(), rights.peek()];
    if (a === undefined && b === undefined) break;
    page.push(joinNext(lefts, rights, a, b));
    if (page.length < joinedPage) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}

/** So many pairs stand in one page. */
export const joinedPage = 1000;

const joinNext = <Left extends Keyed, Right extends Keyed>(
  lefts: Reader<Left>,
  rights: Reader<Right>,
  a: Left | undefined,
  b: Right | undefined,
): Joined<Left, Right> => {
  const order = a === undefined ? 1 : b === undefined ? -1 : compareKeys(a.key, b.key);
  if (order <= 0) lefts.take();
  if (order >= 0) rights.take();
  if (a !== undefined && b !== undefined && order === 0) return { key: a.key, left: a, right: b };
  if (a !== undefined && order < 0) return { key: a.key, left: a };
  return b === undefined ? { key: '' } : { key: b.key, right: b };
};

/** One side of a join: a page, the place in it, and where the next page comes from. */
class Reader<Item extends Keyed> {
  private page: readonly Item[] = [];
  private at = 0;
  private last: string | undefined;
  private done = false;
  private readonly pages: AsyncIterator<readonly Item[]> | Iterator<readonly Item[]>;
  private readonly side: string;

  constructor(pages: Pages<Item>, side: string) {
    this.pages = Symbol.asyncIterator in pages ? pages[Symbol.asyncIterator]() : pages[Symbol.iterator]();
    this.side = side;
  }

  get empty(): boolean {
    return this.at >= this.page.length && !this.done;
  }

  async fill(): Promise<void> {
    while (this.empty) {
      const next = await this.pages.next();
      this.done = next.done === true;
      this.page = next.done === true ? [] : next.value;
      this.at = 0;
    }
  }

  peek(): Item | undefined {
    return this.page[this.at];
  }

  take(): void {
    const key = this.page[this.at]?.key ?? '';
    if (this.last !== undefined && compareKeys(this.last, key) >= 0) {
      throw new Error(`The ${this.side} side of a comparison is not in the order of its keys.`);
    }
    this.last = key;
    this.at++;
  }
}
