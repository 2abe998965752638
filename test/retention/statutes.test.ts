import { describe, expect, it } from 'vitest';
import { classes } from '../../config/mediakeep.config.ts';
import { checkStatutes, statuteOf } from '../../config/statutes.ts';
import { days } from '../../core/time.ts';

describe('what the configuration says of the law', () => {
  it('is nothing for a class that it does not name, nor for a name that every object has', () => {
    expect([statuteOf('raw-audio'), statuteOf('constructor')]).toEqual([undefined, undefined]);
  });

  it('is taken where classes agree with it', () => {
    expect(() => checkStatutes({ 'case-audio': { floor: days(365), ceiling: days(3650) } }, classes)).not.toThrow();
  });

  it.each([
    ['a class that is not there', { 'case-aduio': { floor: days(1) } }, /the name of a class/],
    ['a time that is none', { 'case-audio': { floor: -1 } }, /up to a hundred years/],
    ['a time past a century', { 'case-audio': { ceiling: days(40_000) } }, /up to a hundred years/],
    [
      'a floor above its ceiling',
      { 'case-audio': { floor: days(10), ceiling: days(5) } },
      /at most `ceiling`, which is 5d/,
    ],
    [
      'a floor that its class undercuts',
      { 'face-snapshot': { floor: days(40) } },
      /classes\[face-snapshot\].*floor of the law, 40d/,
    ],
  ])('is refused with %s', (_, law, message) => {
    expect(() => checkStatutes(law, classes)).toThrow(message);
  });

  it('is refused where a class keeps longer than the law allows', () => {
    const kept = classes.map((dataClass) => ({ ...dataClass, retention: { floor: days(100) } }));

    expect(() => checkStatutes({ 'raw-text': { ceiling: days(50) } }, kept)).toThrow(/ceiling of the law, 50d/);
  });
});
