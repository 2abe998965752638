import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../local/events/schedule-times.ts';

const at = (text: string): number => Date.parse(text);
const began = at('2026-11-21T00:00:30Z');

const nextOf = (expression: string, after: string): string | undefined => {
  const next = parseSchedule(expression, began).next(at(after));
  return next === undefined ? undefined : new Date(next).toISOString();
};

describe('the next time of a schedule', () => {
  it.each([
    ['cron(10 1 * * ? *)', '2026-11-21T01:09:59Z', '2026-11-21T01:10:00.000Z'],
    ['cron(10 1 * * ? *)', '2026-11-21T01:10:00Z', '2026-11-22T01:10:00.000Z'],
    ['cron(0 3 ? * SUN *)', '2026-11-21T00:00:00Z', '2026-11-22T03:00:00.000Z'],
    ['cron(0 3 1 * ? *)', '2026-11-21T00:00:00Z', '2026-12-01T03:00:00.000Z'],
    ['cron(0 0 29 2 ? *)', '2026-11-21T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['cron(*/15 * * * ? *)', '2026-11-21T10:46:00Z', '2026-11-21T11:00:00.000Z'],
    ['rate(5 minutes)', '2026-11-21T00:00:30Z', '2026-11-21T00:05:30.000Z'],
    ['rate(1 hour)', '2026-11-21T03:30:00Z', '2026-11-21T04:00:30.000Z'],
    ['at(2027-01-01T00:00:00)', '2026-11-21T00:00:00Z', '2027-01-01T00:00:00.000Z'],
  ])('%s after %s', (expression, after, next) => {
    expect(nextOf(expression, after)).toBe(next);
  });

  it('does not come once a single time has passed', () => {
    expect(nextOf('at(2026-01-01T00:00:00)', '2026-11-21T00:00:00Z')).toBeUndefined();
  });

  it.each([
    ['cron(5 * * * ? *)', 3_600_000],
    ['cron(10 1 * * ? *)', 86_400_000],
    ['cron(0 3 ? * SUN *)', 7 * 86_400_000],
    ['rate(1 hour)', 3_600_000],
    ['at(2027-01-01T00:00:00)', Number.POSITIVE_INFINITY],
  ])('%s comes every %d ms', (expression, periodMs) => {
    expect(parseSchedule(expression, began).periodMs).toBe(periodMs);
  });

  it.each(['cron(1 2 3)', 'rate(0 minutes)', 'every day'])('is refused where it reads %s', (expression) => {
    expect(() => parseSchedule(expression, began)).toThrow(RangeError);
  });
});
