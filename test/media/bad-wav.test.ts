import { describe, expect, it } from 'vitest';
import { bytesOf, factsOf, le16, le32, rejectionOf, zeros } from './fixtures.ts';

interface Format {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly align?: number;
  readonly bits?: number;
}
const fmt = ({ tag = 1, channels = 1, rate = 8000, align = 2, bits = 16 }: Format = {}): Uint8Array =>
  bytesOf('fmt ', le32(16), le16(tag), le16(channels), le32(rate), le32(rate * align), le16(align), le16(bits));
const data = (bytes: number, declared = bytes): Uint8Array =>
  bytesOf('data', le32(declared), new Uint8Array(bytes).fill(1));
const wav = (...chunks: Uint8Array[]): Uint8Array => {
  const body = bytesOf('WAVE', ...chunks);
  return bytesOf('RIFF', le32(body.length), body);
};

describe('WAV', () => {
  const refused: readonly [string, Uint8Array, string][] = [
    ['data longer than the file', wav(fmt(), data(100, 200)), 'truncated'],
    ['no channels', wav(fmt({ channels: 0, align: 0 }), data(100)), 'impossible-value'],
    ['65,535 channels', wav(fmt({ channels: 65_535 }), data(100)), 'impossible-value'],
    ['no sample rate', wav(fmt({ rate: 0 }), data(100)), 'impossible-value'],
    ['a sample rate of 2³¹', wav(fmt({ rate: 0x80000000 }), data(100)), 'impossible-value'],
    ['no bits', wav(fmt({ bits: 0 }), data(100)), 'impossible-value'],
    ['no block', wav(fmt({ align: 0 }), data(100)), 'impossible-value'],
    ['its format after its audio', wav(data(100), fmt()), 'unreadable'],
    ['its format twice', wav(fmt(), fmt(), data(100)), 'unreadable'],
    ['no format', wav(data(100)), 'unreadable'],
    ['no audio chunk', wav(fmt()), 'truncated'],
    ['an empty audio chunk', wav(fmt(), data(0)), 'no-media'],
    ['a size that ends before its audio', bytesOf('RIFF', le32(40), 'WAVE', fmt(), data(1000)), 'unreadable'],
    [
      'something behind it that is no WAV',
      bytesOf(wav(fmt(), data(100)), zeros(3), 'surprise, surprise'),
      'unreadable',
    ],
    [
      'a million tiny chunks',
      wav(...Array.from({ length: 20_000 }, () => bytesOf('junk', le32(0))), fmt(), data(2)),
      'too-complex',
    ],
    [
      'samples that are not numbers',
      wav(fmt({ tag: 3, bits: 32, align: 4 }), bytesOf('data', le32(8), le32(0x7fc00000), le32(0))),
      'impossible-value',
    ],
    [
      'a playlist of other files inside an ID',
      bytesOf('#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/\n'),
      'type-mismatch',
    ],
  ];

  it.each(refused)('with %s is refused', async (_, bytes, reason) => {
    expect(await rejectionOf(bytes, 'audio/wav')).toMatchObject({ reason });
  });

  it('whose length was left open is measured by the file, and says that it is an estimate', async () => {
    expect(await factsOf(wav(fmt(), data(16_000, 0xffffffff)), 'audio/wav')).toMatchObject({
      durationMs: 1000,
      estimated: ['durationMs'],
    });
  });

  it('without the padding byte at its end is good', async () => {
    expect(await factsOf(wav(fmt({ align: 1, bits: 8 }), data(8001)), 'audio/wav')).toMatchObject({ durationMs: 1000 });
  });

  it.each(['RF64', 'BW64'])('of 64 bits is read as %s', async (id) => {
    const ds64 = bytesOf('ds64', le32(28), le32(0), le32(0), le32(16_000), le32(0), zeros(12));
    const bytes = bytesOf(id, le32(0xffffffff), 'WAVE', ds64, fmt(), data(16_000, 0xffffffff));

    expect(await factsOf(bytes, 'audio/wav')).toEqual(
      expect.objectContaining({ durationMs: 1000, channels: 1, bitDepth: 16 }),
    );
    expect(await factsOf(bytes, 'audio/wav')).not.toHaveProperty('estimated');
  });

  it('of 64 bits that lies about its length is refused', async () => {
    const ds64 = bytesOf('ds64', le32(28), le32(0), le32(0), le32(0), le32(9), zeros(12));

    const rejection = await rejectionOf(
      bytesOf('RF64', le32(0xffffffff), 'WAVE', ds64, fmt(), data(100, 0xffffffff)),
      'audio/wav',
    );

    expect(rejection.reason).toBe('truncated');
  });

  it('of a compressed codec tells its length by the fact chunk', async () => {
    const fact = bytesOf('fact', le32(4), le32(24_000));

    expect(await factsOf(wav(fmt({ tag: 0x11, bits: 4, align: 256 }), fact, data(4096)), 'audio/wav')).toEqual({
      format: 'wav',
      codec: 'adpcm-ima',
      durationMs: 3000,
      sampleRate: 8000,
      channels: 1,
    });
  });
});
