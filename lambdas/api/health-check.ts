import type { Clock } from '../../core/time.ts';
import type { Log } from '../shared/logger.ts';
import type { Catalog } from './ports.ts';

/** Anybody may ask for the health, so the table is asked once in this time at most. */
const checkTtlMs = 10_000;

/** Whether the table answers, remembered for ten seconds. */
export const createHealthCheck = (catalog: Catalog, clock: Clock, log: Log): (() => Promise<boolean>) => {
  let last: { readonly at: number; readonly answer: Promise<boolean> } | undefined;
  const ask = async (): Promise<boolean> => {
    try {
      await catalog.ping();
      return true;
    } catch (error) {
      log.warn('the catalog does not answer', { error: error instanceof Error ? error.name : typeof error });
      return false;
    }
  };
  return () => {
    const now = clock.now();
    if (last === undefined || Math.abs(now - last.at) >= checkTtlMs) last = { at: now, answer: ask() };
    return last.answer;
  };
};
