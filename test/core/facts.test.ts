import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, decodeFacts, encodeFacts, type Facts, maxFactsHeaderBytes } from '../../core/facts.ts';
import { maxFactsObjectBytes, parseFactsObject } from '../../core/facts-object.ts';
import { storableAttributes } from '../../core/observe/storable.ts';
import { weirdNames } from './weird-names.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.constantFrom(...weirdNames.filter((name) => name.length < 40 && name.isWellFormed())),
);
const facts: fc.Arbitrary<Facts> = fc.record(
  {
    v: fc.constant(1 as const),
    assetId: text,
    tenant: text,
    dataClass: text,
    uploader: text,
    createdAt: text,
    filename: text,
    contentType: text,
    bytes: fc.maxSafeNat(),
    sha256: text,
    subject: text,
    attributes: fc
      .dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()))
      .map((all) => Object.fromEntries(Object.entries(all).filter(([name]) => name !== '__proto__'))),
    media: fc.record(
      { format: text, durationMs: fc.maxSafeNat(), channels: fc.integer({ min: 1, max: 8 }) },
      { requiredKeys: ['format'] },
    ),
  },
  {
    requiredKeys: [
      'v',
      'assetId',
      'tenant',
      'dataClass',
      'uploader',
      'createdAt',
      'filename',
      'contentType',
      'attributes',
    ],
  },
);
const example: Facts = {
  v: 1,
  assetId: 'a',
  tenant: 't',
  dataClass: 'c',
  uploader: 'u',
  createdAt: '',
  filename: 'f',
  contentType: 'x/y',
  attributes: {},
};
const headerOf = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('facts', () => {
  it('come back from the header as they went in, where it is short enough for S3', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const header = encodeFacts(given);

        expect(header).toMatch(/^[A-Za-z0-9_-]+$/);
        expect(decodeFacts(header)).toEqual(header.length <= maxFactsHeaderBytes ? given : undefined);
      }),
      { numRuns: 500 },
    );
  });

  it('make the same header in whatever order their fields were set', () => {
    fc.assert(
      fc.property(facts, (given) => {
        expect(encodeFacts(Object.fromEntries(Object.entries(given).reverse()) as Facts)).toBe(encodeFacts(given));
      }),
    );
  });

  it.each([
    ['no header', undefined],
    ['an empty one', ''],
    ['one that is too long', 'A'.repeat(maxFactsHeaderBytes + 1)],
    ['base64 with padding', `${Buffer.from('{}').toString('base64')}=`],
    ['characters of no alphabet', '{"v":1}'],
    ['base64 of no JSON', Buffer.from('no').toString('base64url')],
    ['bytes that are no UTF-8', Buffer.from([0xc0, 0xaf]).toString('base64url')],
    ['one character', 'A'],
    ['another version', headerOf({ ...example, v: 2 })],
    ['a field that is missing', headerOf({ ...example, tenant: undefined })],
    ['a field that nobody knows', headerOf({ ...example, admin: true })],
    ['a size below zero', headerOf({ ...example, bytes: -1 })],
    ['a size that is no number', headerOf({ ...example, bytes: '1' })],
    ['attributes that are a list', headerOf({ ...example, attributes: [] })],
    ['null', headerOf(null)],
  ])('are nothing where the header is %s', (_, header) => {
    expect(decodeFacts(header)).toBeUndefined();
  });

  it('are read from any text without failing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 2500 }), (header) => void decodeFacts(header)));
    fc.assert(fc.property(fc.json(), (json) => void decodeFacts(Buffer.from(json).toString('base64url'))));
  });
});

describe('canonical JSON', () => {
  it('says the same as JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('sorts keys at every level and leaves undefined out', () => {
    expect(canonicalJson({ b: [{ z: 1, a: 2 }], a: undefined, c: null })).toBe('{"b":[{"a":2,"z":1}],"c":null}');
  });
});

describe('a facts object', () => {
  const body = { v: 1, assetId: 'a', tenant: 't', key: 'k', attributes: { n: 1 }, updatedAt: '', updatedBy: 'u' };

  it('is read back', () => {
    expect(parseFactsObject(canonicalJson(body))).toEqual(body);
  });

  it.each([
    ['no JSON', '{'],
    ['empty', ''],
    ['null', 'null'],
    ['of another version', JSON.stringify({ ...body, v: 2 })],
    ['without its key', JSON.stringify({ ...body, key: undefined })],
    ['with more than it may say', JSON.stringify({ ...body, roles: ['admin'] })],
    ['longer than one may be', JSON.stringify({ ...body, attributes: { long: 'x'.repeat(maxFactsObjectBytes) } })],
  ])('is none where it is %s', (_, text) => {
    expect(parseFactsObject(text)).toBeUndefined();
  });
});

describe('attributes that the table cannot hold', () => {
  const deep = (levels: number): unknown => (levels === 0 ? 1 : [deep(levels - 1)]);

  it.each([
    ['a number past the exact ones', 2 ** 53],
    ['infinity', Number.POSITIVE_INFINITY],
    ['a number too close to zero', 1e-200],
    ['something nested too deep', deep(20)],
    ['an empty name inside', { '': 1 }],
    ['a function', () => 1],
  ])('are left out, and said so: %s', (_, value) => {
    expect(storableAttributes({ good: 1, bad: value })).toEqual({ attributes: { good: 1 }, dropped: true });
  });

  it('are none of those that a schema makes', () => {
    const given = { language: 'hi-IN', confidence: 0.93, count: 0, flags: [true, null], place: { lat: -12.5 } };

    expect(storableAttributes(given)).toEqual({ attributes: given, dropped: false });
  });
});
