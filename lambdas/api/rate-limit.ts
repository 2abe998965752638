import { MediakeepError } from '../../core/error.ts';
import { metricNames } from '../../core/metric-names.ts';
import type { Services } from './services.ts';

const minuteMs = 60_000;

/** Counts a request of a caller; throws `rate-limited` past the minute's quota, and `unavailable` where nobody can count. */
export const countRequest = async (
  principal: string,
  { rates, clock, quotas, meter }: Pick<Services, 'rates' | 'clock' | 'quotas' | 'meter'>,
): Promise<void> => {
  const now = clock.now();
  const minute = Math.floor(now / minuteMs);
  const admitted = await rates.admit(principal, minute, quotas.requestsPerMinute).catch((error: unknown) => {
    throw new MediakeepError(
      'unavailable',
      'Requests cannot be counted at the moment, so none is admitted; try again.',
      {
        cause: error,
        retryAfterSeconds: 1,
      },
    );
  });
  if (admitted) return;
  meter.count(metricNames.requestsLimited, 1);
  const retryAfterSeconds = Math.ceil(((minute + 1) * minuteMs - now) / 1000);
  throw new MediakeepError(
    'rate-limited',
    `You have used the ${quotas.requestsPerMinute} requests of this minute; go on in ${retryAfterSeconds} s.`,
    { retryAfterSeconds },
  );
};
