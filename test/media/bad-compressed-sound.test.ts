import { describe, expect, it } from 'vitest';
import { bytesOf, factsOf, rejectionOf, zeros } from './fixtures.ts';

describe('MP3, FLAC and Ogg', () => {
  it.each([
    [
      'an ID3 tag that is longer than the file',
      bytesOf('ID3', 4, 0, 0, [0, 0, 0x7f, 0x7f], zeros(50)),
      'audio/mpeg',
      'truncated',
    ],
    [
      'an ID3 length that is no length',
      bytesOf('ID3', 4, 0, 0, [0xff, 0xff, 0xff, 0xff], zeros(50)),
      'audio/mpeg',
      'unreadable',
    ],
    ['a tag and then no audio', bytesOf('ID3', 4, 0, 0, [0, 0, 0, 10], zeros(5000)), 'audio/mpeg', 'unreadable'],
    [
      'one frame header and then noise',
      bytesOf([0xff, 0xfb, 0x90, 0x00], new Uint8Array(2000).fill(7)),
      'audio/mpeg',
      'unreadable',
    ],
    [
      'block sizes that cannot be',
      bytesOf('fLaC', 0x80, [0, 0, 34], zeros(34), zeros(50)),
      'audio/flac',
      'impossible-value',
    ],
    ['no stream information', bytesOf('fLaC', 0x84, [0, 0, 34], zeros(34)), 'audio/flac', 'unreadable'],
    ['a page of nothing known', bytesOf('OggS', 0, 2, zeros(20), 1, 8, 'nothing!'), 'audio/ogg', 'unreadable'],
  ] as const)('with %s is refused', async (_, bytes, contentType, reason) => {
    expect(await rejectionOf(bytes, contentType)).toMatchObject({ reason });
  });

  it('MP3 without a count of its frames is added up, and estimated where it goes on past what is read', async () => {
    const frame = bytesOf([0xff, 0xfb, 0x90, 0xc4], new Uint8Array(413).fill(0));
    const frames = (count: number): Uint8Array => bytesOf(...Array.from({ length: count }, () => frame));

    const [short, long] = [await factsOf(frames(100), 'audio/mpeg'), await factsOf(frames(300), 'audio/mpeg')];

    expect(short).toEqual({ format: 'mp3', codec: 'mp3', durationMs: 2612, sampleRate: 44_100, channels: 1 });
    expect(long).toMatchObject({ durationMs: 7837, estimated: ['durationMs'] });
  });
});
