import { describe, expect, it } from 'vitest';
import { bytesOf, factsOf, rejectionOf, sample, zeros } from './fixtures.ts';

describe('texts', () => {
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  it.each([
    ['brackets 100,000 deep', text('['.repeat(100_000) + ']'.repeat(100_000)), 'application/json', 'too-complex'],
    ['a byte order mark', text('\ufeff{}'), 'application/json', 'unreadable'],
    ['UTF-16', bytesOf('{', 0, '}', 0), 'application/json', 'type-mismatch'],
    ['a number alone', text('42'), 'application/json', 'unreadable'],
    ['a comma too many', text('{"a":1,}'), 'application/json', 'unreadable'],
    ['the wrong closing bracket', text('{"a":1]'), 'application/json', 'truncated'],
    ['overlong UTF-8', bytesOf('{"a":"', [0xc0, 0xaf], '"}'), 'application/json', 'unreadable'],
    ['a lone surrogate', bytesOf('{"a":"', [0xed, 0xa0, 0x80], '"}'), 'application/json', 'unreadable'],
    ['a NUL', text(`${'a'.repeat(100)}\0`), 'text/plain', 'unreadable'],
    ['a document', text('%PDF-1.7\n'), 'text/plain', 'type-mismatch'],
    ['an archive', bytesOf('PK', 3, 4, zeros(30)), 'text/plain', 'type-mismatch'],
    ['an archive of archives', bytesOf('PK', 3, 4, zeros(30)), 'application/json', 'type-mismatch'],
  ] as const)('with %s are refused', async (_, bytes, contentType, reason) => {
    expect(await rejectionOf(bytes, contentType)).toMatchObject({ reason });
  });

  it('past the budget are looked at from both ends, even where a cut parts a letter', async () => {
    const body = text(`["${'नदी'.repeat(400_000)}"]`);

    expect(await factsOf(body, 'application/json')).toEqual({ format: 'json', codec: 'utf-8', estimated: ['format'] });
    expect(await factsOf(body, 'text/plain')).toEqual({ format: 'text', codec: 'utf-8', estimated: ['format'] });
    expect(await rejectionOf(body.subarray(0, -1), 'application/json')).toMatchObject({ reason: 'truncated' });
  });

  it('that hold formulas, scripts or statements are texts like others', async () => {
    expect(await factsOf(text("=cmd|calc\n<b>x</b>\n'; DROP TABLE x; --\n"), 'text/plain')).toMatchObject({
      format: 'text',
    });
  });
});

describe('every message', () => {
  it('says what to do and holds nothing of the content', async () => {
    const secret = 'name of a person';
    const { message } = await rejectionOf(bytesOf(`{"${secret}": `), 'application/json');

    expect(message).not.toContain(secret);
    expect(message).toMatch(/Upload|Save|Send/);
  });

  it('names what the content is, so that nobody has to guess', async () => {
    const { message } = await rejectionOf(sample('drawn-face.png'), 'audio/wav');

    expect(message).toBe(
      'The file was declared as a WAV recording, but its content is a PNG picture. Convert it, or declare what it is.',
    );
  });
});
