import type { DurableContext } from '@aws/durable-execution-sdk-js';
import type { CarriedPages } from '../../../core/jobs/job-event.ts';

/** Pages of one execution; the operations that are left of AWS's 3,000 are for what the job does beside its pages. */
export const maxPages = 1_000;

/** What all pages of one execution have in common. */
export interface PageBook {
  /** What the executions before this one left. */
  readonly carried: Readonly<Record<string, CarriedPages>>;
  /** Pages of this execution so far. */
  taken: number;
  readonly limit: number;
  /** Notes how far the pages of a name are, for a successor. */
  note(name: string, pages: CarriedPages): void;
  /** Ends this execution and lets a successor go on; never answers. */
  handOver(): Promise<never>;
  /** True where the invocation is nearly over and the next page is better begun in a new one. */
  isTired(): boolean;
}

const books = new WeakMap<DurableContext, PageBook>();

/** Makes a book the one of an execution's context. */
export const openBook = (context: DurableContext, book: PageBook): void => void books.set(context, book);

/** The book of the context; pages work in the job's own context only, because a successor could not reach into another. */
export const bookOf = (context: DurableContext): PageBook => {
  const book = books.get(context);
  if (book === undefined) throw new Error('Pages are run in the context that the job was given, not in a child of it.');
  return book;
};
