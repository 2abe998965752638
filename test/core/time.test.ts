import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { days, isoTime } from '../../core/time.ts';

describe('a time as records keep it', () => {
  const last = 8.64e15;

  it('is what the language writes, at any time and in any order', () => {
    const near = fc.integer({ min: -days(2), max: days(2) });
    const times = fc.array(
      fc.oneof(
        near,
        fc.integer({ min: -last, max: last }),
        near.map((ms) => ms + 0.5),
      ),
    );

    fc.assert(
      fc.property(times, (all) => {
        expect(all.map(isoTime)).toEqual(all.map((ms) => new Date(ms).toISOString()));
      }),
    );
  });

  it.each([0, -1, -0.5, 999.9, days(1) - 1, last, -last, 253_402_300_800_000])('is right at %d', (ms) => {
    expect(isoTime(ms)).toBe(new Date(ms).toISOString());
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, last + 1])('is none at %d', (ms) => {
    isoTime(last);

    expect(() => isoTime(ms)).toThrow(RangeError);
  });
});
