import { describe, expect, it } from 'vitest';
import { crc32 } from '../../core/media/crc32.ts';
import { be16, be32, bytesOf, factsOf, le16, le32, rejectionOf, sample, zeros } from './fixtures.ts';

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

  it('whose length is all ones says nothing of its length', async () => {
    const unknown = [mvhd(1000, 0xffffffff), trak(mdhd(8000, 0xffffffff))];

    expect(await factsOf(bytesOf(ftyp, moov(...unknown), mdat), 'audio/mp4')).not.toHaveProperty('durationMs');
  });
});

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

const ihdr = (width: number, height: number, depth = 8, colour = 6): Uint8Array => {
  const content = bytesOf('IHDR', be32(width), be32(height), depth, colour, 0, 0, 0);
  return bytesOf(be32(13), content, be32(crc32(content)));
};
const png = (...chunks: Uint8Array[]): Uint8Array =>
  bytesOf([0x89], 'PNG\r\n', 0x1a, '\n', ...chunks, zeros(4), 'IEND', [0xae, 0x42, 0x60, 0x82]);
const segment = (marker: number, ...content: (string | readonly number[] | number | Uint8Array)[]): Uint8Array => {
  const body = bytesOf(...content);
  return bytesOf(0xff, marker, be16(body.length + 2), body);
};
const frame = (width: number, height: number, components = 1): Uint8Array =>
  segment(0xc0, 8, be16(height), be16(width), components, zeros(components * 3));
const jpeg = (...segments: Uint8Array[]): Uint8Array =>
  bytesOf([0xff, 0xd8], ...segments, segment(0xda, zeros(6)), zeros(20), [0xff, 0xd9]);

/** EXIF whose directory points at itself, at a place, and far outside. */
const tiff = (entries: readonly (readonly [number, number, number, number])[]): Uint8Array =>
  bytesOf(
    'II*\0',
    le32(8),
    le16(entries.length),
    ...entries.flatMap(([tag, type, count, value]) => [le16(tag), le16(type), le32(count), le32(value)]),
    le32(8),
  );

describe('PNG and JPEG', () => {
  it.each([
    ['10⁹ by 10⁹ pixels', png(ihdr(1e9, 1e9)), 'image/png', 'impossible-value'],
    ['no width', png(ihdr(0, 10)), 'image/png', 'impossible-value'],
    ['bits that its colours cannot have', png(ihdr(10, 10, 3)), 'image/png', 'impossible-value'],
    ['a damaged header', png(ihdr(10, 10).map((byte, at) => (at === 12 ? byte ^ 1 : byte))), 'image/png', 'unreadable'],
    ['something behind its end', bytesOf(png(ihdr(10, 10)), 'hello'), 'image/png', 'truncated'],
    ['65,535 by 65,535 pixels', jpeg(frame(65_535, 65_535)), 'image/jpeg', 'impossible-value'],
    ['no height', jpeg(frame(10, 0)), 'image/jpeg', 'impossible-value'],
    ['no colour', jpeg(frame(10, 10, 0)), 'image/jpeg', 'impossible-value'],
    ['two pictures in one', jpeg(frame(10, 10), frame(20, 20)), 'image/jpeg', 'unreadable'],
    ['no picture', jpeg(), 'image/jpeg', 'unreadable'],
    [
      'a page in its comment',
      jpeg(segment(0xfe, '<script>alert(1)</script>'), frame(10, 10)),
      'image/jpeg',
      'polyglot',
    ],
    ['a document in its comment', jpeg(segment(0xfe, '%PDF-1.4'), frame(10, 10)), 'image/jpeg', 'polyglot'],
    [
      'an archive behind it',
      bytesOf(jpeg(frame(10, 10)), 'PK', 5, 6, zeros(16), le16(3), 'abc'),
      'image/jpeg',
      'polyglot',
    ],
    [
      '300 segments',
      jpeg(...Array.from({ length: 300 }, () => segment(0xfe, 'x')), frame(10, 10)),
      'image/jpeg',
      'unreadable',
    ],
  ] as const)('with %s is refused', async (_, bytes, contentType, reason) => {
    expect(await rejectionOf(bytes, contentType)).toMatchObject({ reason });
  });

  it.each([
    ['points at itself', tiff([[0x8769, 4, 1, 8]])],
    ['points outside', tiff([[0x8769, 4, 1, 0xfffffff0]])],
    ['has a place only', tiff([[0x8825, 4, 1, 8]])],
    ['claims 65,535 entries', bytesOf('II*\0', le32(8), le16(65_535), zeros(100))],
    ['is cut off', bytesOf('MM\0*')],
  ])('EXIF data that %s says no time and harms nothing', async (_, exif) => {
    const facts = await factsOf(jpeg(segment(0xe1, 'Exif\0\0', exif), frame(10, 10)), 'image/jpeg');

    expect(Object.keys(facts).sort()).toEqual(['bitDepth', 'codec', 'format', 'height', 'width']);
  });

  it.each(['0000:00:00 00:00:00', '2026:02:31 10:00:00', '=cmd|calc!A1 00000', '2026:13:01 00:00:00'])(
    'a time of %s is none',
    async (text) => {
      const exif = bytesOf(
        tiff([[0x8769, 4, 1, 26]]),
        le16(1),
        le16(0x9003),
        le16(2),
        le32(20),
        le32(44),
        le32(0),
        text,
        0,
      );

      expect(await factsOf(jpeg(segment(0xe1, 'Exif\0\0', exif), frame(10, 10)), 'image/jpeg')).not.toHaveProperty(
        'takenAt',
      );
    },
  );

  it('a picture with a film behind it, as phones take them, is good', async () => {
    const note = segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x GCamera:MotionPhoto="1"/>');

    expect(await factsOf(bytesOf(jpeg(note, frame(10, 10)), zeros(70_000)), 'image/jpeg')).toMatchObject({ width: 10 });
  });
});

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
