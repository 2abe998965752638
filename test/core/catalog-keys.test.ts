import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dueKey, dueShards, hashKey, joinKey, versionsKey } from '../../core/catalog/keys.ts';

const segment = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 8 }),
  fc.constantFrom('#', '%', '%23', '%2523', '', 't1', 't10'),
);
const segments = fc.array(segment, { minLength: 1, maxLength: 5 });

describe('a joined key', () => {
  it('is another one for other segments', () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        expect(joinKey(...a) === joinKey(...b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
      { numRuns: 5000 },
    );
  });

  it('begins with another and its separator only where its segments do', () => {
    fc.assert(
      fc.property(segments, segments, (a, b) => {
        const begins = a.length < b.length && a.every((text, index) => text === b[index]);

        expect(joinKey(...b).startsWith(`${joinKey(...a)}#`)).toBe(begins);
      }),
      { numRuns: 5000 },
    );
  });

  it('keeps every value out of its neighbour’s place', () => {
    expect(joinKey('t1', 'asset#x')).not.toBe(joinKey('t1', 'asset', 'x'));
    expect(joinKey('t1#asset', 'x')).not.toBe(joinKey('t1', 'asset', 'x'));
    expect(joinKey('t1', 'a%23b')).not.toBe(joinKey('t1', 'a#b'));
  });
});

describe('a content', () => {
  const content = { tenant: 't1', sha256: 's', bytes: 1, dataClass: 'c', subject: 'p', case: 'A-1' };

  it.each([
    { tenant: 't10' },
    { sha256: 'z' },
    { bytes: 11 },
    { dataClass: 'd' },
    { subject: 'q' },
    { subject: undefined },
    { case: 'A-2' },
    { case: undefined },
    { subject: 'A-1', case: 'p' },
  ])('is another one with %j', (change) => {
    expect(hashKey({ ...content, ...change })).not.toEqual(hashKey(content));
  });
});

describe('the keys of one asset', () => {
  it('sort its pages by number', () => {
    fc.assert(
      fc.property(fc.nat({ max: 999_999 }), fc.nat({ max: 999_999 }), (a, b) => {
        expect(versionsKey('t', 'x', a).sk < versionsKey('t', 'x', b).sk).toBe(a < b);
      }),
    );
  });

  it('spread a tenant’s due rows over all shards', () => {
    const ids = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].map((last) => `01HZZZZZZZZZZZZZZZZZZZZZZ${last}`);
    const shards = new Set(ids.map((id) => dueKey('t', '2026-05-01', id).pk));

    expect(shards.size).toBe(dueShards);
  });
});
