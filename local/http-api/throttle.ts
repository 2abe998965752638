import type { Clock } from '../../core/time.ts';
import type { RateLimit } from './api-model.ts';

/** What an account's API takes in a region where the stage says nothing less. */
export const accountLimit: RateLimit = { burst: 5_000, ratePerSecond: 10_000 };

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Token buckets, one for each name. */
export interface Throttle {
  /** Takes a token; false when the bucket is empty. */
  take(name: string, limit: RateLimit): boolean;
}

export const createThrottle = (clock: Clock): Throttle => {
  const buckets = new Map<string, Bucket>();
  return {
    take(name, limit) {
      const now = clock.now();
      const bucket = buckets.get(name) ?? { tokens: limit.burst, filledAt: now };
      buckets.set(name, bucket);
      const refill = ((now - bucket.filledAt) / 1000) * limit.ratePerSecond;
      bucket.tokens = Math.min(limit.burst, bucket.tokens + refill);
      bucket.filledAt = now;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
};
