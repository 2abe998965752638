import { describe, expect, it } from 'vitest';
import { crc32 } from '../../core/media/crc32.ts';
import { be16, be32, bytesOf, factsOf, le16, le32, rejectionOf, zeros } from './fixtures.ts';

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
      '300 segments',
      jpeg(...Array.from({ length: 300 }, () => segment(0xfe, 'x')), frame(10, 10)),
      'image/jpeg',
      'unreadable',
    ],
  ] as const)('with %s is refused', async (_, bytes, contentType, reason) => {
    expect(await rejectionOf(bytes, contentType)).toMatchObject({ reason });
  });

  it.each([0, 1, 2, 3])('with an archive %i bytes behind it is refused', async (gap) => {
    const archive = bytesOf('PK', 5, 6, zeros(16), le16(3), 'abc');

    const rejection = await rejectionOf(bytesOf(jpeg(frame(10, 10)), zeros(gap), archive), 'image/jpeg');

    expect(rejection).toMatchObject({ reason: 'polyglot' });
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
