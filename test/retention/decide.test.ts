import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KiB } from '../../core/bytes.ts';
import { decide, holdGraceMs, retentionRuleIds } from '../../core/retention/decide.ts';
import { explain } from '../../core/retention/explain.ts';
import type { RetentionInputs } from '../../core/retention/inputs.ts';
import { days } from '../../core/time.ts';

const created = Date.UTC(2026, 0, 1);
const day = (count: number): number => created + days(count);
const plain = (inputs: Partial<RetentionInputs> = {}): RetentionInputs => ({
  createdAt: created,
  classRule: {},
  holds: [],
  ...inputs,
});

const span = fc.integer({ min: 1, max: 4000 }).map(days);
const instant = fc.integer({ min: -400, max: 8000 }).map(day);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const anyInputs: fc.Arbitrary<RetentionInputs> = fc.record({
  createdAt: fc.constant(created),
  lastInteractionAt: maybe(instant),
  classRule: fc
    .record({ deleteAfter: maybe(span), floor: maybe(span), coldAfter: maybe(span) })
    .map((rule) => (rule.coldAfter === undefined ? rule : { ...rule, cold: 'glacier' as const })),
  storedAt: maybe(
    fc.record({
      bytes: fc.constantFrom(1, KiB(128), KiB(128) + 1),
      storageClass: fc.constantFrom('STANDARD', 'GLACIER'),
      isPacked: fc.boolean(),
      classPacks: fc.boolean(),
    }),
  ),
  tenantDeleteAfter: maybe(span),
  userDeleteAfter: maybe(span),
  consentExpiresAt: maybe(instant),
  caseStatus: maybe(fc.constantFrom('active' as const, 'pending' as const, 'closed' as const)),
  statute: maybe(fc.record({ floor: maybe(span), ceiling: maybe(span) })),
  lockedUntil: maybe(instant),
  erasureRequestedAt: maybe(instant),
  restricted: fc.boolean(),
  holds: fc.array(fc.record({ releasedAt: maybe(instant) }), { maxLength: 3 }),
});
const order = { held: 0, kept: 1, cold: 2, restricted: 3, due: 4 };

describe('precedence: hold > floor > erasure > ceiling', () => {
  it('never ends what a hold in force covers', () => {
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const decision = decide({ ...inputs, holds: [...inputs.holds, {}] }, now);

        expect(decision.state).toBe('held');
        expect(decision.deleteAt).toBeUndefined();
        expect(decision.because[0]).toBe('hold');
      }),
    );
  });

  it('never ends anything before its floor, its lock or the grace of its last hold', () => {
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const { classRule, statute, lockedUntil, holds } = inputs;
        const { deleteAt, state, keepUntil } = decide(inputs, now);
        const bounds = [
          created + (classRule.floor ?? 0),
          created + (statute?.floor ?? 0),
          lockedUntil ?? created,
          ...holds.map(({ releasedAt }) =>
            releasedAt === undefined ? Number.POSITIVE_INFINITY : releasedAt + holdGraceMs,
          ),
        ];

        for (const bound of bounds) {
          if (deleteAt !== undefined) expect(deleteAt).toBeGreaterThanOrEqual(bound === created ? deleteAt : bound);
          if (now < bound && bound !== created) expect(state).not.toBe('due');
          if (keepUntil !== undefined && bound !== created) expect(keepUntil).toBeGreaterThanOrEqual(bound);
        }
      }),
    );
  });

  it('ends at the earliest ceiling or the erasure, where nothing stronger stands', () => {
    const inputs = plain({
      classRule: { deleteAfter: days(100) },
      tenantDeleteAfter: days(60),
      userDeleteAfter: days(30),
    });

    expect(decide(inputs, day(1))).toMatchObject({ deleteAt: day(30), because: ['ceiling-user'] });
    expect(decide({ ...inputs, erasureRequestedAt: day(5) }, day(6))).toMatchObject({ state: 'due', deleteAt: day(5) });
  });

  it('restricts what is to be erased until its floor, and ends it exactly there', () => {
    const inputs = plain({ classRule: { floor: days(10) }, erasureRequestedAt: day(3) });
    const states = [day(2), day(3), day(10) - 1, day(10)].map((now) => decide(inputs, now).state);

    expect(states).toEqual(['kept', 'restricted', 'restricted', 'due']);
  });

  it('waits for an open case, but not with what law and consent end', () => {
    const inputs = plain({ classRule: { deleteAfter: days(10) }, caseStatus: 'active' });

    expect(decide(inputs, day(50))).toMatchObject({ state: 'kept', because: ['case-open'] });
    expect(decide({ ...inputs, caseStatus: 'closed' }, day(50)).state).toBe('due');
    expect(decide({ ...inputs, consentExpiresAt: day(20) }, day(50)).state).toBe('due');
  });

  it('counts the ceiling of the law from the last interaction', () => {
    const inputs = plain({ statute: { ceiling: days(30) }, lastInteractionAt: day(20) });

    expect(decide(inputs, day(31))).toMatchObject({ state: 'kept', deleteAt: day(50), because: ['ceiling-statute'] });
  });
});

describe('a released hold', () => {
  it('leaves seven days before anything overdue goes', () => {
    const inputs = plain({ classRule: { deleteAfter: days(1) }, holds: [{ releasedAt: day(100) }] });
    const [within, after] = [decide(inputs, day(107) - 1), decide(inputs, day(107))];

    expect(within).toMatchObject({ state: 'held', deleteAt: day(107), because: ['hold-grace', 'ceiling-class'] });
    expect(after.state).toBe('due');
  });

  it('changes nothing where another is in force, however often and in whatever order they are released', () => {
    const release = (times: readonly (number | undefined)[]) =>
      decide(
        plain({ classRule: { deleteAfter: days(1) }, holds: times.map((releasedAt) => ({ releasedAt })) }),
        day(500),
      );

    expect(release([day(10), undefined]).state).toBe('held');
    expect(release([undefined, day(10)])).toEqual(release([day(10), undefined]));
    expect(release([day(10), day(20)])).toEqual(release([day(20), day(10)]));
    expect(release([day(20), day(20)])).toEqual(release([day(20)]));
  });
});

describe('a decision', () => {
  it('is the same for the same inputs, and its times do not depend on when it is asked for', () => {
    fc.assert(
      fc.property(anyInputs, instant, instant, (inputs, now, later) => {
        const [first, second] = [decide(inputs, now), decide(inputs, later)];

        expect(decide(structuredClone(inputs), now)).toEqual(first);
        expect([second.deleteAt, second.coldAt, second.keepUntil]).toEqual([
          first.deleteAt,
          first.coldAt,
          first.keepUntil,
        ]);
      }),
    );
  });

  it('moves only forward with time', () => {
    fc.assert(
      fc.property(anyInputs, instant, fc.integer({ min: 0, max: 5000 }), (inputs, now, more) => {
        const [before, after] = [decide(inputs, now).state, decide(inputs, now + days(more)).state];

        expect(order[after]).toBeGreaterThanOrEqual(order[before]);
      }),
    );
  });

  it('is due exactly from its end on, unless a hold keeps it', () => {
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const { state, deleteAt } = decide(inputs, now);

        expect(state === 'due').toBe(deleteAt !== undefined && now >= deleteAt);
      }),
    );
  });

  it('only gets earlier by a further ceiling, and only later by a further floor', () => {
    fc.assert(
      fc.property(anyInputs, span, instant, (inputs, further, now) => {
        const at = (changed: RetentionInputs): number => decide(changed, now).deleteAt ?? Number.POSITIVE_INFINITY;
        const { userDeleteAfter = further, lockedUntil = created } = inputs;

        expect(at({ ...inputs, userDeleteAfter: Math.min(userDeleteAfter, further) })).toBeLessThanOrEqual(at(inputs));
        expect(at({ ...inputs, lockedUntil: Math.max(lockedUntil, created + further) })).toBeGreaterThanOrEqual(
          at(inputs),
        );
      }),
    );
  });

  it('says cold only before the end', () => {
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const { coldAt, deleteAt } = decide(inputs, now);

        if (coldAt !== undefined && deleteAt !== undefined) expect(coldAt).toBeLessThan(deleteAt);
      }),
    );
  });

  it.each([
    [
      'packs nothing',
      { bytes: KiB(128), isPacked: false, classPacks: false },
      'kept',
      /in `STANDARD`.+128 KiB or less.+until it is deleted/,
    ],
    ['packs', { bytes: 1, isPacked: false, classPacks: true }, 'kept', /in `STANDARD`.+until it is packed/],
    ['has packed it', { bytes: 1, isPacked: true, classPacks: true }, 'cold', /in `STANDARD`, in a pack/],
    [
      'packs nothing, one byte more',
      { bytes: KiB(128) + 1, isPacked: false, classPacks: false },
      'cold',
      /may be cold/,
    ],
  ])('says of what is small that S3 does not move it alone, in a class that %s', (_, stored, state, text) => {
    const classRule = { cold: 'glacier', coldAfter: days(90) } as const;
    const inputs = plain({ classRule, storedAt: { storageClass: 'STANDARD', ...stored } });
    const decision = decide(inputs, day(91));

    expect(decision.state).toBe(state);
    expect(decision.coldAt).toBe(state === 'cold' ? day(90) : undefined);
    expect(decision.because).toEqual([state === 'cold' ? 'cold-class' : 'cold-too-small']);
    expect(explain(decision, inputs).text).toMatch(text);
  });

  it('cites its rules, each once, and explains each in words', () => {
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const decision = decide(inputs, now);
        const { text, reasons } = explain(decision, inputs);

        expect(decision.because.length).toBeGreaterThan(0);
        expect(new Set(decision.because).size).toBe(decision.because.length);
        expect(reasons.map(({ rule }) => rule)).toEqual(decision.because);
        for (const { says } of reasons) expect(text).toContain(says);
        expect(text).not.toMatch(/undefined|NaN|Infinity|1970/);
      }),
    );
  });

  it('cites a rule for every end, and every rule is cited by some decision', () => {
    const cited = new Set<string>(decide(plain(), created).because);
    fc.assert(
      fc.property(anyInputs, instant, (inputs, now) => {
        const { because, deleteAt } = decide(inputs, now);
        for (const rule of because) cited.add(rule);
        if (deleteAt !== undefined) expect(because.some((rule) => /^(ceiling|erasure)/.test(rule))).toBe(true);
      }),
      { numRuns: 5000, seed: 7 },
    );

    expect([...cited].sort()).toEqual([...retentionRuleIds].sort());
  });
});
