import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MediaFacts } from '../../core/facts.ts';
import { defaultReadBudget } from '../../core/media/byte-source.ts';
import { inspectMedia } from '../../core/media/inspect.ts';
import { rejectionTable } from '../../core/media/rejection.ts';
import { anything, countingReader, factsOf, inspect, sample } from './fixtures.ts';

const files: readonly [string, string][] = [
  ['turn-on-light.wav', 'audio/wav'],
  ['open-garage.flac', 'audio/flac'],
  ['field-note.mp3', 'audio/mpeg'],
  ['witness.ogg', 'audio/ogg'],
  ['call.m4a', 'audio/mp4'],
  ['door-clip.mp4', 'video/mp4'],
  ['drawn-face.jpg', 'image/jpeg'],
  ['drawn-face.png', 'image/png'],
  ['field-note.transcript.json', 'application/json'],
  ['field-note.txt', 'text/plain'],
];

/** Formats whose end shows in the file itself; an MP3 of a counted length loses frames unnoticed, and a text ends anywhere. */
const endIsVisible = new Set(['wav', 'flac', 'jpeg', 'png', 'json', 'mp4']);

/** Tens of thousands of refusals are thrown here, and nobody reads where: their traces took a quarter of the time. */
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

const codes = new Set(Object.keys(rejectionTable));

/** Answers with facts that the schema takes or with a rejection of the table, within the budget. */
const expectAnswer = async (bytes: Uint8Array, contentType: string): Promise<'good' | 'bad'> => {
  const reader = countingReader(bytes);
  const result = await inspectMedia(reader, anything, contentType);
  if (reader.counts.reads > defaultReadBudget.maxReads || reader.counts.bytes > defaultReadBudget.maxBytes) {
    throw new Error(`read ${reader.counts.bytes} bytes in ${reader.counts.reads} ranges`);
  }
  if ('media' in result) {
    const parsed = MediaFacts.safeParse(result.media);
    if (!parsed.success) throw new Error(`facts that cannot be stored: ${JSON.stringify(result.media)}`);
    return 'good';
  }
  if (!codes.has(result.rejection.reason)) throw new Error(`no such reason: ${result.rejection.reason}`);
  if (result.rejection.message.length < 20 || result.rejection.message.length > 400) {
    throw new Error(`a message nobody can use: ${result.rejection.message}`);
  }
  return 'bad';
};

describe('a file cut off at any byte gets an answer', () => {
  it.each(files)('%s', async (file, contentType) => {
    const bytes = sample(file);
    const accepted: number[] = [];

    for (let length = 0; length < bytes.length; length += 1) {
      if ((await expectAnswer(bytes.subarray(0, length), contentType)) === 'good') accepted.push(length);
    }

    const { format } = await factsOf(bytes, contentType);
    if (endIsVisible.has(format)) expect(accepted.filter((length) => length < bytes.length - 1)).toEqual([]);
    expect(await expectAnswer(bytes, contentType)).toBe('good');
  });
});

describe('a file with any bytes changed gets an answer', () => {
  it.each(files)('%s', async (file, contentType) => {
    const bytes = sample(file);
    const change = fc.record({
      at: fc.oneof(fc.nat(Math.min(bytes.length, 600) - 1), fc.nat(bytes.length - 1)),
      value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    });

    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), async (changes) => {
        const changed = bytes.slice();
        for (const { at, value } of changes) changed[at] = value;
        await expectAnswer(changed, contentType);
      }),
      { numRuns: 1_500 },
    );
  });

  it.each(files)('%s with any stretch of it removed or doubled', async (file, contentType) => {
    const bytes = sample(file);
    const span = fc.tuple(fc.nat(bytes.length - 1), fc.nat(2_000), fc.boolean());

    await fc.assert(
      fc.asyncProperty(span, async ([at, length, doubled]) => {
        const end = Math.min(at + length, bytes.length);
        const parts = doubled
          ? [bytes.subarray(0, end), bytes.subarray(at)]
          : [bytes.subarray(0, at), bytes.subarray(end)];
        await expectAnswer(Uint8Array.from(Buffer.concat(parts)), contentType);
      }),
      { numRuns: 300 },
    );
  });
});

describe('bytes of no kind get an answer under every type', () => {
  const types = [...new Set(files.map(([, contentType]) => contentType))];

  it('random content', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...types), async (bytes, contentType) => {
        await expectAnswer(bytes, contentType);
      }),
      { numRuns: 3_000 },
    );
  });

  it('random content behind the first bytes of each format', async () => {
    const starts = files.map(([file, contentType]) => ({ start: sample(file).subarray(0, 12), contentType }));

    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...starts),
        fc.uint8Array({ maxLength: 300 }),
        async ({ start, contentType }, rest) => {
          await expectAnswer(Uint8Array.from([...start, ...rest]), contentType);
        },
      ),
      { numRuns: 5_000 },
    );
  });
});

describe('each sample is refused under every other type', () => {
  const pairs = files.flatMap(([file]) =>
    files
      .filter(([other]) => other.split('.').at(-1) !== file.split('.').at(-1))
      .map(([, contentType]) => [file, contentType] as const),
  );
  const same = new Set(['call.m4a video/mp4', 'door-clip.mp4 audio/mp4', 'field-note.transcript.json text/plain']);

  it.each(pairs.filter(([file, contentType]) => !same.has(`${file} ${contentType}`)))(
    '%s as %s',
    async (file, contentType) => {
      expect(await inspect(sample(file), contentType)).toHaveProperty('rejection');
    },
  );
});
