import type { DurableContext } from '@aws/durable-execution-sdk-js';

type Tell = (step: string, error: unknown) => void;

const listeners = new WeakMap<DurableContext, Tell>();

/** Has each failed try of a step told while it happens: a step that is tried again shows nowhere else until the last. */
export const hearOfFailedTries = (context: DurableContext, tell: Tell): void => void listeners.set(context, tell);

/** Tells of a failed try. */
export const tellOfFailedTry = (context: DurableContext, step: string, error: unknown): void =>
  listeners.get(context)?.(step, error);
