import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from '../../core/retention/duration.ts';
import { holdIdOf, parseHoldId } from '../../core/retention/hold-row.ts';
import { refusalOf } from '../../core/retention/limits.ts';
import { days, hours } from '../../core/time.ts';

describe('what a tenant or a user may choose', () => {
  const bounds = {
    classRule: { floor: days(10), deleteAfter: days(90) },
    statute: { floor: days(30), ceiling: days(60) },
  };

  it.each([
    ['nothing at all', 0, /must be a time after creation/],
    ['a negative time', days(-5), /must be a time after creation/],
    ['a hundred and one years', days(101 * 365.25), /hundred years/],
    ['less than the floor of the law', days(20), /floor; 20d does, allowed is 30d to 60d/],
    ['more than the law allows', days(61), /longer than the class or the law allows; 61d is/],
  ])('is not %s', (_, deleteAfter, message) => {
    expect(refusalOf(deleteAfter, bounds)).toMatch(message);
  });

  it('is anything from the floor to the ceiling', () => {
    expect([days(30), days(45), days(60)].map((chosen) => refusalOf(chosen, bounds))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(refusalOf(days(36_525), { classRule: {} })).toBeUndefined();
    expect(refusalOf(hours(1), { classRule: {} })).toBeUndefined();
  });
});

describe('a duration', () => {
  it.each(['30d', '12h', '-5d', '36525d'])('reads back as it was written: %s', (text) => {
    expect(durationText(parseDuration(text) ?? 0)).toBe(text);
  });

  it.each(['', '30', 'd', '1.5d', '30 d', '1e3d', '30D', '9999999999d', '٣٠d'])('is not `%s`', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
});

describe('the id of a hold', () => {
  it('tells where its row stands', () => {
    const holdId = holdIdOf('case', 'C-17:a@b', '01JZ8K2M4N6P8Q0R2S4T6V8W0X');

    expect(parseHoldId(holdId)).toEqual({ scope: 'case', scopeId: 'C-17:a@b' });
  });

  it.each([
    '',
    'case~C-17',
    'tenant~acme~01JZ8K2M4N6P8Q0R2S4T6V8W0X',
    'case~*~01JZ8K2M4N6P8Q0R2S4T6V8W0X',
    'case~a#b~01JZ8K2M4N6P8Q0R2S4T6V8W0X',
  ])('is not `%s`', (text) => {
    expect(parseHoldId(text)).toBeUndefined();
  });
});
