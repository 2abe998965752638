import type { DurableContext } from '@aws/durable-execution-sdk-js';

const beginnings = new WeakMap<DurableContext, () => Promise<void>>();

/** Has something done at the start of the first step in a context: it costs no step of its own and is tried again with that one. */
export const beginWithFirstStep = (context: DurableContext, begin: () => Promise<void>): void =>
  void beginnings.set(context, begin);

/** What the first step is to begin with; undefined for every later one. */
export const takeBeginning = (context: DurableContext): (() => Promise<void>) | undefined => {
  const begin = beginnings.get(context);
  beginnings.delete(context);
  return begin;
};
