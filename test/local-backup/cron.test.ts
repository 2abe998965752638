import { describe, expect, it } from 'vitest';
import { parseCron } from '../../local/backup/cron.ts';

const between = (expression: string, from: string, to: string): string[] =>
  parseCron(expression)
    .between(Date.parse(from), Date.parse(to))
    .map((instant) => new Date(instant).toISOString().slice(0, 16));

describe('a schedule', () => {
  it.each([
    ['cron(0 20 ? * * *)', ['2027-01-01T20:00', '2027-01-02T20:00', '2027-01-03T20:00']],
    ['cron(0 21 ? * SUN *)', ['2027-01-03T21:00']],
    ['cron(0 22 1 * ? *)', ['2027-01-01T22:00']],
    ['cron(30 0/12 2-3 JAN ? 2027)', ['2027-01-02T00:30', '2027-01-02T12:30', '2027-01-03T00:30', '2027-01-03T12:30']],
    ['cron(0 5 ? FEB * *)', []],
  ])('%s falls due when it says', (expression, expected) => {
    expect(between(expression, '2027-01-01T00:00:00Z', '2027-01-04T00:00:00Z')).toEqual(expected);
  });

  it('counts its first instant out and its last in', () => {
    expect(between('cron(0 20 ? * * *)', '2027-01-01T20:00:00Z', '2027-01-02T20:00:00Z')).toEqual(['2027-01-02T20:00']);
  });

  it.each(['rate(1 day)', 'cron(0 20 * *)', 'cron(0 20 L * ? *)'])('%s is refused', (expression) => {
    expect(() => parseCron(expression)).toThrow(RangeError);
  });
});
