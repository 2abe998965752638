import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GiB, MiB } from '../../core/bytes.ts';
import { maxParts, partRange, planParts } from '../../core/part-plan.ts';
import * as primitives from '../../core/schemas/primitives.ts';

const { AssetIdText, ContentType, Crc32Text, Filename, Principal, Reference, Sha256Text, TenantId, UploadToken } =
  primitives;
const texts = {
  AssetIdText,
  ContentType,
  Crc32Text,
  Filename,
  Principal,
  Reference,
  Sha256Text,
  TenantId,
  UploadToken,
};

describe('a text of the API', () => {
  it.each(Object.entries(texts))('%s is decided at once, however long and odd it is', (_name, schema) => {
    const length = 200_000;
    const odd = [
      'a',
      '-',
      'a-',
      '.',
      'a.',
      'A',
      '0',
      '/',
      'a/',
      ' ',
      '\t',
      '=',
      '+',
      '\u0301',
      'é',
      '😀',
      'a\u200d',
      '%',
      'a@',
    ];
    for (const piece of odd) {
      for (const end of ['', '!', '\n', '=', '\0']) {
        schema.safeParse(piece.repeat(length / piece.length) + end);
      }
    }
  });

  it.each([
    ['a line break at its end', 'acme\n'],
    ['a letter of another script', 'аcme'],
    ['upper case', 'Acme'],
    ['the first segment of memberships', 'principal'],
    ['a hash sign', 'a#b'],
    ['a slash', 'a/b'],
    ['nothing', ''],
  ])('is no tenant with %s', (_what, text) => {
    expect(TenantId.safeParse(text).success).toBe(false);
  });

  it('is a digest exactly where it is the base64 of 32 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 40 }), (bytes) => {
        expect(Sha256Text.safeParse(Buffer.from(bytes).toString('base64')).success).toBe(bytes.length === 32);
        expect(Crc32Text.safeParse(Buffer.from(bytes).toString('base64')).success).toBe(bytes.length === 4);
      }),
    );
  });

  it('is a file name that survives as it is, whatever its script', () => {
    for (const name of [
      'a.wav',
      'साक्षात्कार.wav',
      'क्‍ष.wav',
      '録音 (1).flac',
      "o'brien & söhne.mp3",
      '👩‍🎤.ogg',
      'con',
      '~',
      'a%2Fb',
    ]) {
      expect(Filename.parse(name)).toBe(name.normalize('NFC'));
    }
  });
});

describe('a part plan', () => {
  it('covers every byte once, in at most a thousand parts of whole MiB', () => {
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 1, max: MiB(100) }), fc.integer({ min: 1, max: GiB(5000) })), (bytes) => {
        const plan = planParts(bytes);
        const last = partRange(plan, plan.count);

        expect(plan.count).toBeLessThanOrEqual(maxParts);
        expect(plan.partBytes % MiB(1)).toBe(0);
        expect(plan.partBytes).toBeGreaterThanOrEqual(MiB(8));
        expect(last.start + last.bytes).toBe(bytes);
        expect(last.bytes).toBeGreaterThan(0);
        if (plan.count > 1) expect(partRange(plan, 1)).toEqual({ start: 0, bytes: plan.partBytes });
      }),
    );
  });

  it.each([
    [1, 1, MiB(8)],
    [MiB(8), 1, MiB(8)],
    [MiB(8) + 1, 2, MiB(8)],
    [MiB(8000), 1000, MiB(8)],
    [MiB(8000) + 1, 889, MiB(9)],
    [GiB(5), 640, MiB(8)],
  ])('of %d bytes has %d parts of %d', (bytes, count, partBytes) => {
    expect(planParts(bytes)).toEqual({ bytes, count, partBytes });
  });

  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('of %d bytes is none', (bytes) => {
    expect(() => planParts(bytes)).toThrow(RangeError);
  });

  it.each([0, -1, 3, 1.5, 10_001])('has no part %d', (partNumber) => {
    expect(() => partRange(planParts(MiB(16)), partNumber)).toThrow(RangeError);
  });
});
