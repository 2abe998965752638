import { describe, expect, it } from 'vitest';
import { be16, be32, bytesOf, factsOf, rejectionOf, zeros } from './fixtures.ts';

const box = (type: string, ...content: (string | number | readonly number[] | Uint8Array)[]): Uint8Array => {
  const body = bytesOf(...content);
  return bytesOf(be32(body.length + 8), type, body);
};
const ftyp = box('ftyp', 'isom', zeros(4));
const mvhd = (scale = 1000, duration = 2000): Uint8Array =>
  box('mvhd', zeros(12), be32(scale), be32(duration), zeros(80));
const mdhd = (scale = 8000, duration = 16_000): Uint8Array =>
  box('mdhd', zeros(12), be32(scale), be32(duration), zeros(4));
const stsd = box(
  'stsd',
  zeros(4),
  be32(1),
  be32(36),
  'alac',
  zeros(16),
  be16(2),
  be16(16),
  zeros(4),
  be16(44_100),
  zeros(2),
);
const trak = (timing = mdhd()): Uint8Array => box('trak', box('mdia', timing, box('minf', box('stbl', stsd))));
const moov = (...parts: Uint8Array[]): Uint8Array => box('moov', ...parts);
const mdat = box('mdat', zeros(1000));

describe('MP4', () => {
  const deep = Array.from({ length: 2000 }).reduce<Uint8Array>((inner) => box('moov', inner), zeros(0));
  const refused: readonly [string, Uint8Array, string][] = [
    ['no index', bytesOf(ftyp, mdat), 'unreadable'],
    ['two indexes', bytesOf(ftyp, moov(mvhd(), trak()), moov(mvhd(), trak()), mdat), 'unreadable'],
    ['a box of 1 byte', bytesOf(ftyp, be32(7), 'free', zeros(100)), 'unreadable'],
    [
      'a box of 2⁶⁴-1 bytes',
      bytesOf(ftyp, be32(1), 'mdat', be32(0xffffffff), be32(0xffffffff), zeros(50)),
      'truncated',
    ],
    [
      'a box longer than the one around it',
      bytesOf(ftyp, moov(mvhd(), bytesOf(be32(5000), 'trak')), mdat),
      'unreadable',
    ],
    ['an index inside an index inside an index', bytesOf(ftyp, deep), 'unreadable'],
    [
      '100 boxes before its index',
      bytesOf(ftyp, ...Array.from({ length: 100 }, () => box('free')), moov(mvhd(), trak())),
      'too-complex',
    ],
    ['no units a second', bytesOf(ftyp, moov(mvhd(0), trak()), mdat), 'impossible-value'],
    ['no units a second in its track', bytesOf(ftyp, moov(mvhd(), trak(mdhd(0))), mdat), 'impossible-value'],
    ['no track', bytesOf(ftyp, moov(mvhd()), mdat), 'no-media'],
    ['a length of centuries', bytesOf(ftyp, moov(mvhd(1, 0xfffffffe), trak()), mdat), 'impossible-value'],
    ['a box without a name', bytesOf(ftyp, be32(16), zeros(12), mdat), 'unreadable'],
  ];

  it.each(refused)('with %s is refused', async (_, bytes, reason) => {
    expect(await rejectionOf(bytes, 'audio/mp4')).toMatchObject({ reason });
  });

  it('with its index at the end is read', async () => {
    expect(await factsOf(bytesOf(ftyp, mdat, moov(mvhd(), trak())), 'audio/mp4')).toEqual({
      format: 'mp4',
      codec: 'alac',
      durationMs: 2000,
      channels: 2,
      sampleRate: 44_100,
      bitDepth: 16,
    });
  });

  it('whose last box runs to the end of the file is read', async () => {
    expect(await factsOf(bytesOf(ftyp, moov(mvhd(), trak()), be32(0), 'mdat', zeros(99)), 'audio/mp4')).toMatchObject({
      codec: 'alac',
    });
  });

  it('in fragments tells its length by its extension header, or not at all', async () => {
    const open = [mvhd(1000, 0), trak(mdhd(8000, 0))];
    const mehd = box('mvex', box('mehd', zeros(4), be32(4000)));

    expect(await factsOf(bytesOf(ftyp, moov(...open, mehd), mdat), 'audio/mp4')).toMatchObject({ durationMs: 4000 });
    expect(await factsOf(bytesOf(ftyp, moov(...open), mdat), 'audio/mp4')).not.toHaveProperty('durationMs');
  });

  it('of a live recording is nearly as long as the time of its last fragment', async () => {
    const moof = box('moof', box('traf', box('tfdt', zeros(4), be32(24_000))));
    const bytes = bytesOf(ftyp, moov(mvhd(1000, 0), trak(mdhd(8000, 0))), moof, mdat);

    expect(await factsOf(bytes, 'audio/mp4')).toMatchObject({ durationMs: 3000, estimated: ['durationMs'] });
  });

  it.each([
    ['of one piece', be32(1), be32(500), be32(0), be32(0x10000)],
    ['without end', be32(0xffffffff), zeros(12)],
    ['that begins before time', be32(1), be32(0xffffffff), be32(0xffffffff), be32(0)],
  ])('with an edit list %s is as long as its header says', async (_, ...edits) => {
    const edited = box('trak', box('edts', box('elst', zeros(4), ...edits)), trak().subarray(8));

    expect(await factsOf(bytesOf(ftyp, moov(mvhd(), edited), mdat), 'audio/mp4')).toMatchObject({ durationMs: 2000 });
  });

  it('whose length is all ones says nothing of its length', async () => {
    const unknown = [mvhd(1000, 0xffffffff), trak(mdhd(8000, 0xffffffff))];

    expect(await factsOf(bytesOf(ftyp, moov(...unknown), mdat), 'audio/mp4')).not.toHaveProperty('durationMs');
  });
});
