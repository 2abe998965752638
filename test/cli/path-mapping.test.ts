import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMapping } from '../../cli/upload/path-mapping.ts';

describe('a mapping reads values from a path', () => {
  it.each([
    [
      '{language}/{intent}/{variation}/*',
      'hi/lights.on/polite/a.wav',
      { language: 'hi', intent: 'lights.on', variation: 'polite' },
    ],
    ['{case}/**', 'C-17/2026/01/a.wav', { case: 'C-17' }],
    ['{subject}_{take}.wav', 's1_3.wav', { subject: 's1', take: '3' }],
  ])('%s fits %s', (pattern, path, expected) => {
    expect(compileMapping(pattern)(path)).toEqual(expected);
  });

  it.each([
    ['{language}/*', 'a.wav'],
    ['{language}/*', 'hi/deeper/a.wav'],
    ['{name}.wav', 'awav'],
  ])('%s does not fit %s', (pattern, path) => {
    expect(compileMapping(pattern)(path)).toBeUndefined();
  });

  it.each(['*.wav', '{a}/{a}/*'])('refuses %s with what to write', (pattern) => {
    expect(() => compileMapping(pattern)).toThrow(/write for example/);
  });

  it('takes every character outside braces and stars literally', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[{}*/]/.test(text)),
        (text) => {
          expect(compileMapping(`${text}/{name}`)(`${text}/x`)).toEqual({ name: 'x' });
        },
      ),
    );
  });
});
