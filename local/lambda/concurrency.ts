import type { FunctionConfig } from './function-config.ts';
import { shuttingDown, tooManyRequests } from './lambda-error.ts';

export interface ConcurrencyLimits {
  /** Executions of all functions together; a new AWS account has ten. More are throttled, as Lambda does. */
  readonly account: number;
  /** Executions of one function; more wait for one to end instead of being throttled. Keeps the memory of a machine small. */
  readonly perFunction?: number;
  /** True for a function that cannot run at present, because its region is lost: what is asked of it waits. @default none */
  readonly halted?: (config: FunctionConfig) => boolean;
}

/** Counts executions under way and says who may start one. */
export interface Concurrency {
  /** Whether {@link reserve} would succeed at once. */
  hasRoom(config: FunctionConfig): boolean;
  /** Whether the function's region is lost. */
  isHalted(config: FunctionConfig): boolean;
  /** Takes a place, to be given back by {@link release}; throws `TooManyRequestsException` where Lambda would throttle. */
  reserve(config: FunctionConfig): Promise<void>;
  release(config: FunctionConfig): void;
  /** Told whenever a place becomes free. */
  onRelease(listener: () => void): () => void;
  /** Starts what has waited, once nothing halts it any more. */
  resume(): void;
  /** Refuses everybody who waits in line. */
  close(): void;
}

interface Waiter {
  readonly config: FunctionConfig;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export const createConcurrency = (limits: ConcurrencyLimits): Concurrency => {
  const { perFunction = Number.POSITIVE_INFINITY } = limits;
  const running = new Map<string, number>();
  const reservedOf = new Map<string, number>();
  const listeners = new Set<() => void>();
  let line: Waiter[] = [];

  const runningOf = (arn: string): number => running.get(arn) ?? 0;
  const note = ({ arn, reservedConcurrency }: FunctionConfig): void => {
    if (reservedConcurrency === undefined) reservedOf.delete(arn);
    else reservedOf.set(arn, reservedConcurrency);
  };
  const isThrottled = ({ arn }: FunctionConfig): boolean => {
    const reserved = reservedOf.get(arn);
    if (reserved !== undefined) return runningOf(arn) >= reserved;
    const allReserved = [...reservedOf.values()].reduce((sum, count) => sum + count, 0);
    const unreserved = [...running]
      .filter(([other]) => !reservedOf.has(other))
      .reduce((sum, [, count]) => sum + count, 0);
    return unreserved >= limits.account - allReserved;
  };
  const mustWait = (config: FunctionConfig): boolean =>
    limits.halted?.(config) === true || runningOf(config.arn) >= perFunction;
  const start = ({ arn }: FunctionConfig): void => void running.set(arn, runningOf(arn) + 1);
  const serveLine = (): boolean => {
    const next = line.find(({ config }) => !mustWait(config) && !isThrottled(config));
    if (next === undefined) return false;
    line = line.filter((waiter) => waiter !== next);
    start(next.config);
    next.resolve();
    return true;
  };
  const tellListeners = (): void => {
    for (const listener of [...listeners]) listener();
  };

  return {
    isHalted: (config) => limits.halted?.(config) === true,
    hasRoom(config) {
      note(config);
      return !isThrottled(config) && !mustWait(config);
    },
    async reserve(config) {
      note(config);
      if (mustWait(config)) {
        return new Promise((resolve, reject) => line.push({ config, resolve, reject }));
      }
      if (isThrottled(config)) throw tooManyRequests();
      start(config);
    },
    release(config) {
      running.set(config.arn, runningOf(config.arn) - 1);
      serveLine();
      tellListeners();
    },
    resume() {
      while (serveLine());
      tellListeners();
    },
    onRelease(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      for (const { reject } of line) reject(shuttingDown());
      line = [];
    },
  };
};
