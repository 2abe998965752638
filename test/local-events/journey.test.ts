import { describe, expect, it } from 'vitest';
import { days, hours } from '../../core/time.ts';
import { travel } from '../../local/journey.ts';

const noon = Date.parse('2026-01-15T12:00:00Z');
const fiveMinutes = 300_000;

/** What comes every five minutes: when it ran on a journey, and what each arrival was told of the pace. */
const journey = async (lengthMs: number) => {
  let now = noon;
  const ran: number[] = [];
  const arrivals: { readonly at: number; readonly paceMs: number }[] = [];
  const lastOf = (untilMs: number, paceMs: number): number | undefined => {
    const next = (Math.floor(now / fiveMinutes) + 1) * fiveMinutes;
    const last = paceMs === 0 ? next : (Math.floor(next / paceMs) + 1) * paceMs - fiveMinutes;
    return last <= untilMs ? last : undefined;
  };
  const stopAt = async (at: number): Promise<void> => {
    now = at;
    ran.push(at);
  };
  const arriveAt = async (at: number, paceMs: number): Promise<void> => {
    now = at;
    arrivals.push({ at, paceMs });
  };
  await travel({ now: () => now, nextStop: lastOf, stopAt, arriveAt }, noon + lengthMs);
  return { ran, arrivals, end: noon + lengthMs };
};

describe('a journey', () => {
  it('of hours leaves nothing out', async () => {
    const { ran } = await journey(hours(12));

    expect(ran).toHaveLength(143);
  });

  it.each([hours(13), days(1), days(3) + hours(2), days(90)])(
    'of %i ms runs what it left out shortly before its end, so that no alarm takes its speed for silence',
    async (lengthMs) => {
      const { ran, end, arrivals } = await journey(lengthMs);

      expect(end - (ran.at(-1) ?? 0)).toBeGreaterThanOrEqual(60_000);
      expect(end - (ran.at(-1) ?? 0)).toBeLessThanOrEqual(120_000);
      expect(arrivals.at(-1)).toEqual({ at: end, paceMs: 0 });
    },
  );

  it('of months keeps a daily pace in its last week alone', async () => {
    const { arrivals, end } = await journey(days(90));

    expect(arrivals.filter(({ paceMs }) => paceMs <= days(1)).every(({ at }) => end - at <= days(7))).toBe(true);
  });
});
