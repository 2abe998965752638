import { describe, expect, it } from 'vitest';
import { type Decision, decide } from '../../core/retention/decide.ts';
import { explain } from '../../core/retention/explain.ts';
import type { RetentionInputs } from '../../core/retention/inputs.ts';
import { days, isoTime } from '../../core/time.ts';

const inputsAt = (createdAt: number): RetentionInputs => ({
  createdAt,
  classRule: { deleteAfter: days(36_525), coldAfter: days(90), cold: 'glacier', floor: days(1) },
  holds: [],
});

describe('a decision at the edge of time', () => {
  it.each([
    ['at zero', 0],
    ['in the last second of 32 bits', Date.parse('2038-01-19T03:14:07Z')],
    ['a second after it', Date.parse('2038-01-19T03:14:08Z')],
    ['on the last day of four digits', Date.parse('9999-12-31T23:59:59Z')],
  ])('is the same as anywhere: %s', (_, createdAt) => {
    const inputs = inputsAt(createdAt);
    const states = [0, days(91), days(36_525)].map((age): Decision['state'] => decide(inputs, createdAt + age).state);
    const decision = decide(inputs, createdAt);

    expect(states).toEqual(['kept', 'cold', 'due']);
    expect(decision).toMatchObject({ coldAt: createdAt + days(90), deleteAt: createdAt + days(36_525) });
    expect(explain(decision, inputs).text).toContain(isoTime(createdAt + days(36_525)));
  });
});
