import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinKey } from '../../core/catalog/keys.ts';
import {
  beforeTheStream,
  isJournalled,
  isLater,
  type JournalRow,
  journalBody,
  journalEntry,
  journalKey,
  journalledKinds,
  journalPrefix,
  parseJournalBody,
} from '../../core/journal.ts';
import { targetOf } from '../../core/observe/hints.ts';

const segment = fc.string({ maxLength: 12 });
const row = fc
  .record({
    pk: fc.array(segment, { minLength: 1, maxLength: 3 }),
    sk: fc.array(segment, { minLength: 1, maxLength: 3 }),
  })
  .map(({ pk, sk }): JournalRow => ({ pk: joinKey('t1', ...pk), sk: joinKey('s', ...sk), kind: 'hold', tenant: 't1' }));

describe('a journal key', () => {
  it('is another one for every other row, plain ASCII, and lies under its tenant and kind', () => {
    fc.assert(
      fc.property(row, row, (a, b) => {
        const [keyA, keyB] = [journalKey(a), journalKey(b)];

        expect(keyA === keyB).toBe(a.pk === b.pk && a.sk === b.sk);
        expect(keyA).toMatch(/^journal\/t1\/hold\/[A-Za-z0-9._~%-]*$/);
        expect(keyA.startsWith(journalPrefix('t1', 'hold'))).toBe(true);
      }),
    );
  });

  it('is dropped by the catalog function before it asks anybody', () => {
    fc.assert(
      fc.property(row, (any) => {
        expect(targetOf(journalKey(any), () => undefined)).toBe('reserved');
      }),
    );
  });

  it('is refused where S3 would refuse it', () => {
    const long = { pk: 'x'.repeat(1_100), sk: 's', kind: 'hold', tenant: 't1' };

    expect(() => journalKey(long)).toThrow('S3 takes 1024');
  });
});

describe('a journal object', () => {
  const state = { order: { stream: 'a', sequence: '7' }, at: '2026-01-01T00:00:00.000Z' };

  it('gives the row back as it was', () => {
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          tie('value'),
          { maxKeys: 3, noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(row, value, (any, more) => {
        const whole = { ...any, more };

        expect(parseJournalBody(journalBody(journalEntry(any, { ...state, row: whole })))?.row).toEqual(whole);
      }),
    );
  });

  it.each([
    ['not JSON', '{'],
    ['another form', '{"v":2}'],
    [
      'a row of another key',
      journalBody({
        v: 1,
        tenant: 't1',
        kind: 'hold',
        key: { pk: 'a', sk: 'b' },
        ...state,
        row: { pk: 'a', sk: 'c', kind: 'hold', tenant: 't1' },
      }),
    ],
  ])('is none where it holds %s', (_, body) => {
    expect(parseJournalBody(body)).toBeUndefined();
  });

  it.each([[new Set(['a'])], [new Date(0)], [Number.NaN], [1n]])('refuses what JSON cannot hold: %s', (value) => {
    const any = { pk: 'a', sk: 'b', kind: 'hold', tenant: 't1', value };

    expect(() => journalEntry(any, { ...state, row: any })).toThrow('plain values');
  });
});

describe('the order of two states', () => {
  it.each([
    [{ stream: 'a', sequence: '10' }, { stream: 'a', sequence: '9' }, true],
    [{ stream: 'a', sequence: '9' }, { stream: 'a', sequence: '9' }, false],
    [{ stream: 'b', sequence: '1' }, { stream: 'a', sequence: '9' }, true],
    [{ stream: 'a', sequence: '1' }, beforeTheStream, true],
    [beforeTheStream, { stream: 'a', sequence: '1' }, false],
  ])('%j after %j: %s', (order, other, later) => {
    expect(isLater(order, other)).toBe(later);
  });
});

describe('what is journalled', () => {
  it.each(['asset', 'versions', 'hash', 'due', 'count', 'position', 'rate', 'job', 'answer', 'word'])(
    'is no %s row: it follows from elsewhere, or nothing circles',
    (kind) => {
      expect(isJournalled({ kind })).toBe(false);
    },
  );

  it.each(journalledKinds)('is every %s row', (kind) => {
    expect(isJournalled({ kind })).toBe(true);
  });
});
