import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataClasses } from '../../config/data-classes.ts';
import { assetIdTime, newAssetId } from '../../core/asset-id.ts';
import { parseFactsKey } from '../../core/facts-object.ts';
import {
  factsKey,
  type LayoutValues,
  landingKey,
  parseLandingKey,
  parseVaultKey,
  pathSegment,
  reservedPrefixes,
  vaultKey,
} from '../../core/key-layout.ts';
import { TenantId } from '../../core/schemas/primitives.ts';
import { isoTime, utcDay } from '../../core/time.ts';
import { weirdNames } from './weird-names.ts';

/** The library takes the time 0 for none. */
const time = fc.integer({ min: 1, max: 4_102_444_800_000 });
const assetId = fc
  .tuple(time, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([ms, random]) => newAssetId({ now: () => ms, random: () => random }));
const tenant = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/).filter((text) => TenantId.safeParse(text).success);
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom(...weirdNames));
const attributes = fc.record(
  { language: anyText, intent: anyText, variation: anyText, model: anyText, version: anyText },
  { requiredKeys: [] },
);
const values: fc.Arbitrary<LayoutValues> = fc.record({
  tenant,
  assetId,
  date: time.map((ms) => utcDay(ms)),
  filename: anyText,
  case: fc.option(anyText, { nil: undefined }),
  subject: fc.option(anyText, { nil: undefined }),
  attributes,
});
const dataClass = fc.constantFrom(...dataClasses);

describe('a vault key', () => {
  it('gives back its class, tenant and asset, whatever the file is called', () => {
    fc.assert(
      fc.property(dataClass, values, (of, given) => {
        expect(parseVaultKey(dataClasses, vaultKey(of, given))).toEqual({
          dataClass: of,
          tenant: given.tenant,
          assetId: given.assetId,
        });
      }),
      { numRuns: 2000 },
    );
  });

  it('is plain ASCII without empty or dotted segments, and as short as S3 wants it', () => {
    fc.assert(
      fc.property(dataClass, values, (of, given) => {
        const key = vaultKey(of, given);

        expect(key).toMatch(/^[A-Za-z0-9._/-]+$/);
        expect(key.length).toBeLessThanOrEqual(1024);
        for (const segment of key.split('/')) expect(segment).not.toMatch(/^\.{0,2}$/);
      }),
    );
  });

  it('lies under no prefix that Mediakeep keeps for itself', () => {
    fc.assert(
      fc.property(dataClass, values, (of, given) => {
        expect(reservedPrefixes.some((prefix) => vaultKey(of, given).startsWith(prefix))).toBe(false);
      }),
    );
  });

  it('belongs to one tenant only: t1 is not t10', () => {
    fc.assert(
      fc.property(dataClass, values, fc.constantFrom('0', '-', 'x'), (of, given, more) => {
        const key = vaultKey(of, given);
        const longer = vaultKey(of, { ...given, tenant: `${given.tenant}${more}` });

        expect(longer.startsWith(key.slice(0, key.indexOf(`/${given.tenant}/`) + given.tenant.length + 2))).toBe(false);
        expect(parseVaultKey(dataClasses, longer)?.tenant).toBe(`${given.tenant}${more}`);
      }),
    );
  });

  it.each([
    '',
    '/',
    'raw/audio',
    'raw/audio/',
    'raw/audio/t1',
    'raw/audio/t1/2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA',
    'raw/audio//2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA/a.wav',
    'raw/audio/t1/2026-05-01/01hzzzzzzzzzzzzzzzzzzzzzza/a.wav',
    'raw/audio/t1/2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA/a.wav/more',
    'Raw/audio/t1/2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA/a.wav',
    '/raw/audio/t1/2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA/a.wav',
    'raw/audio/../secret/2026-05-01/01HZZZZZZZZZZZZZZZZZZZZZZA/a/b.wav',
  ])('is not what no layout makes: %j', (key) => {
    expect(parseVaultKey(dataClasses, key)).toBeUndefined();
  });

  it('is read from any text without failing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        parseVaultKey(dataClasses, text);
        parseLandingKey(text);
        parseFactsKey(text);
      }),
    );
  });
});

describe('a path segment', () => {
  it.each(weirdNames)('is made from any name: %j', (name) => {
    const segment = pathSegment(name);

    expect(segment).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$|^-$/);
    expect(segment.length).toBeLessThanOrEqual(128);
  });

  it('stays what it is when it is made again', () => {
    fc.assert(
      fc.property(anyText, (name) => {
        expect(pathSegment(pathSegment(name))).toBe(pathSegment(name));
      }),
    );
  });

  it('keeps the end of a long name, where its type stands', () => {
    expect(pathSegment(`${'a'.repeat(500)}.wav`)).toMatch(/^a{124}\.wav$/);
  });

  it('does not tell composed from decomposed letters', () => {
    expect(pathSegment('Ångström.wav'.normalize('NFC'))).toBe(pathSegment('Ångström.wav'.normalize('NFD')));
  });
});

describe('a landing key', () => {
  it('gives back method, tenant and asset', () => {
    fc.assert(
      fc.property(fc.constantFrom('put', 'post', 'multipart'), tenant, assetId, (method, of, id) => {
        expect(parseLandingKey(landingKey(method, of, id))).toEqual({ method, tenant: of, assetId: id });
      }),
    );
  });

  it.each([
    'put/t1',
    'put//01HZZZZZZZZZZZZZZZZZZZZZZA',
    'get/t1/01HZZZZZZZZZZZZZZZZZZZZZZA',
    'put/t1/x',
    'put/t1/01HZZZZZZZZZZZZZZZZZZZZZZA/x',
    '',
  ])('is not what nobody makes: %j', (key) => {
    expect(parseLandingKey(key)).toBeUndefined();
  });
});

describe('a facts key', () => {
  it('gives back tenant and asset', () => {
    fc.assert(
      fc.property(tenant, assetId, (of, id) => {
        expect(parseFactsKey(factsKey(of, id))).toEqual({ tenant: of, assetId: id });
      }),
    );
  });

  it.each([
    'facts/t1',
    'facts//01HZZZZZZZZZZZZZZZZZZZZZZA',
    'facts/t1/x',
    'facts/t1/01HZZZZZZZZZZZZZZZZZZZZZZA/x',
    'fact/t1/01HZZZZZZZZZZZZZZZZZZZZZZA',
  ])('is not what nobody makes: %j', (key) => {
    expect(parseFactsKey(key)).toBeUndefined();
  });
});

describe('an asset id', () => {
  it('sorts by the time of its making', () => {
    fc.assert(
      fc.property(time, time, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (a, b, random) => {
        const [idA, idB] = [a, b].map((ms) => newAssetId({ now: () => ms, random: () => random }));

        expect((idA ?? '') < (idB ?? '')).toBe(a < b);
      }),
    );
  });

  it('tells its time to the millisecond', () => {
    fc.assert(
      fc.property(time, (ms) => {
        expect(isoTime(assetIdTime(newAssetId({ now: () => ms, random: () => 0.5 })))).toBe(isoTime(ms));
      }),
    );
  });
});
