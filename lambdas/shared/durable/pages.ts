import type { DurableContext } from '@aws/durable-execution-sdk-js';
import { ReportableError } from '../error-fields.ts';
import { bookOf, type PageBook } from './page-book.ts';
import { durableStep } from './step.ts';

/** What a page answers: where the next one begins, unless it was the last, and what was counted. */
export interface PageAnswer<Cursor, Tally> {
  readonly next?: Cursor | undefined;
  readonly tally: Tally;
}

export interface PagesProps<Cursor, Tally> {
  /** Names the steps; a job that pages twice gives two names. */
  readonly name: string;
  readonly from: Cursor;
  /** The count before the first page. */
  readonly tally: Tally;
  /** Does at most 1,000 items; may be called again for the same cursor, and must then come to the same end. */
  readonly page: (cursor: Cursor) => Promise<PageAnswer<Cursor, Tally>>;
  readonly add: (a: Tally, b: Tally) => Tally;
  /** Told of the sum after each page that counted something. */
  readonly report?: (tally: Tally) => Promise<void>;
  /** Done with the sum and the cursor of the last page, within that page's step; may be done again as the page may. */
  readonly finish?: (tally: Tally, cursor: Cursor) => Promise<void>;
}

/** A cursor and counts are small; what is larger is a list, and lists of people's things do not belong into a history. */
const maxAnswerBytes = 16_384;

interface Position<Cursor, Tally> {
  readonly cursor: Cursor | undefined;
  readonly tally: Tally;
  readonly pages: number;
}

/** What a page's step keeps. */
interface Kept<Cursor, Tally> {
  readonly next?: Cursor;
  readonly tally: Tally;
  /** The invocation was nearly over: the next page begins in a new one. Kept, so that a replay rests at the same place. */
  readonly rest?: true;
}

/**
 * Page after page, each one durable step, and answers the sum of their counts. After a crash only the page that was under way
 * is done again. After 1,000 pages the execution hands over to its successor, in which everything before the pages runs once
 * more, pages of finished names answer at once, and these go on where they stopped.
 */
export const runPages = async <Cursor, Tally>(
  context: DurableContext,
  props: PagesProps<Cursor, Tally>,
): Promise<Tally> => {
  const book = bookOf(context);
  const carried = book.carried[props.name];
  if (carried?.isDone === true) return ofSameName<Tally>(carried.tally);
  let at: Position<Cursor, Tally> =
    carried === undefined
      ? { cursor: props.from, tally: props.tally, pages: 0 }
      : { cursor: ofSameName(carried.cursor), tally: ofSameName(carried.tally), pages: carried.pages };
  while (at.cursor !== undefined) {
    if (book.taken >= book.limit) {
      book.note(props.name, { ...at, isDone: false });
      return book.handOver();
    }
    at = await onePage(context, props, book, at);
  }
  book.note(props.name, { tally: at.tally, pages: at.pages, isDone: true });
  return at.tally;
};

const onePage = async <Cursor, Tally>(
  context: DurableContext,
  props: PagesProps<Cursor, Tally>,
  book: PageBook,
  { cursor, tally, pages }: Position<Cursor, Tally>,
): Promise<Position<Cursor, Tally>> => {
  const name = `${props.name} ${pages + 1}`;
  const kept = await durableStep(context, name, async (): Promise<Kept<Cursor, Tally>> => {
    // A page is run for a cursor only; the loop has ended where there is none.
    const here = ofSameName<Cursor>(cursor);
    const answer = await props.page(here);
    const sum = props.add(tally, answer.tally);
    refuseLarge(name, { next: answer.next, tally: sum });
    if (JSON.stringify(sum) !== JSON.stringify(tally)) await props.report?.(sum);
    if (answer.next === undefined) await props.finish?.(sum, here);
    return {
      ...(answer.next !== undefined && { next: answer.next }),
      tally: sum,
      ...(book.isTired() && { rest: true as const }),
    };
  });
  book.taken += 1;
  if (kept.rest === true && kept.next !== undefined) await context.wait(`rest after ${name}`, { seconds: 1 });
  return { cursor: kept.next, tally: kept.tally, pages: pages + 1 };
};

const refuseLarge = (name: string, kept: unknown): void => {
  const bytes = Buffer.byteLength(JSON.stringify(kept));
  if (bytes <= maxAnswerBytes) return;
  throw new ReportableError(
    `The page “${name}” answers ${bytes} bytes; a cursor and counts have at most ${maxAnswerBytes}.`,
  );
};

/** What an earlier execution of the same job wrote under the same name has the same shape: the version is pinned or newer. */
const ofSameName = <Value>(value: unknown): Value => value as Value;
