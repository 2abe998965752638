import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod';
import { MiB } from '../../core/bytes.ts';
import { ByteSource, type RangedReader } from '../../core/media/byte-source.ts';
import { inspectMedia } from '../../core/media/inspect.ts';
import { anything, be16, be32, bytesOf, countingReader, le32, sample } from './fixtures.ts';

const indexText = readFileSync(resolve(import.meta.dirname, '../../samples/index.json'), 'utf8');
const Entry = z.object({ file: z.string(), contentType: z.string() });
const index = z.object({ good: z.array(Entry), wrong: z.array(Entry) }).parse(JSON.parse(indexText));

/** More than any reader takes: it looks at a bounded number of places, however many the file has. */
const maxLooks = 600;

afterEach(() => vi.restoreAllMocks());

/** What one inspection costs: ranges and bytes that were fetched, and how often a reader looked into them. */
const costOf = async (bytes: Uint8Array, contentType: string, size?: number) => {
  const looks = vi.spyOn(ByteSource.prototype, 'bytes');
  const reader: RangedReader & { counts: { reads: number; bytes: number } } = countingReader(bytes, size);
  const result = await inspectMedia(reader, anything, contentType);
  const handed = await Promise.all(looks.mock.results.map(async ({ value }) => (await value)?.length ?? 0));
  const handedBytes = handed.reduce((sum, length) => sum + length, 0);
  return { result, ...reader.counts, looks: looks.mock.calls.length, handedBytes };
};

const expectBounded = ({ reads, bytes, looks, handedBytes }: Awaited<ReturnType<typeof costOf>>): void => {
  expect(reads).toBeLessThanOrEqual(6);
  expect(bytes).toBeLessThanOrEqual(MiB(2));
  expect(looks).toBeLessThanOrEqual(maxLooks);
  // Views of what was read, a few times over; nothing grows with the number of chunks.
  expect(handedBytes).toBeLessThanOrEqual(MiB(8));
};

/** One piece again and again between a beginning and an end. */
const repeated = (
  head: Uint8Array,
  piece: Uint8Array,
  times: number,
  tail: Uint8Array = new Uint8Array(0),
): Uint8Array => {
  const made = new Uint8Array(head.length + piece.length * times + tail.length);
  made.set(head);
  for (let count = 0; count < times; count += 1) made.set(piece, head.length + count * piece.length);
  made.set(tail, head.length + piece.length * times);
  return made;
};

/** Boxes that hold one another and nothing else. */
const nested = (type: string, depth: number): Uint8Array => {
  const made = new Uint8Array(depth * 8);
  for (let level = 0; level < depth; level += 1) made.set(bytesOf(be32((depth - level) * 8), type), level * 8);
  return made;
};

const million = 1_000_000;
const wavHead = bytesOf('RIFF', le32(4 + 8 * million), 'WAVE');
const ftyp = bytesOf(be32(16), 'ftypisom', be32(0));
const flacHead = sample('open-garage.flac').subarray(0, 42).with(4, 0);
const pngEnd = bytesOf(be32(0), 'IEND', [0xae, 0x42, 0x60, 0x82]);
const exifOf = (entries: number): Uint8Array =>
  repeated(
    bytesOf([0xff, 0xd8, 0xff, 0xe1], be16(65_533), 'Exif', 0, 0, 'MM', be16(42), be32(8), be16(entries)),
    bytesOf(be16(0x8769), be16(4), be32(1), be32(8)),
    5_400,
    new Uint8Array(1_000),
  );

describe('the cost of a look does not grow with the file', () => {
  it.each([...index.good, ...index.wrong])('for the sample $file', async ({ file, contentType }) => {
    expectBounded(await costOf(sample(file), contentType));
  });

  const hostile: readonly [string, string, Uint8Array][] = [
    ['a WAV of a million chunks', 'audio/wav', repeated(wavHead, bytesOf('junk', le32(0)), million)],
    [
      'a PNG of a million chunks',
      'image/png',
      repeated(sample('drawn-face.png').subarray(0, 33), bytesOf(be32(0), 'tEXt', be32(0)), million, pngEnd),
    ],
    [
      'a JPEG of a million segments',
      'image/jpeg',
      repeated(bytesOf([0xff, 0xd8]), bytesOf([0xff, 0xe1, 0, 2]), million, bytesOf([0xff, 0xd9])),
    ],
    ['a JPEG whose EXIF points at itself 60,000 times', 'image/jpeg', exifOf(60_000)],
    ['a FLAC of a million blocks', 'audio/flac', repeated(flacHead, bytesOf([1, 0, 0, 0]), million)],
    [
      'an Ogg of a million empty pages',
      'audio/ogg',
      repeated(new Uint8Array(0), bytesOf('OggS', new Uint8Array(23)), million),
    ],
    ['an MP4 of a million boxes', 'audio/mp4', repeated(ftyp, bytesOf(be32(8), 'free'), million)],
    ['an MP4 of boxes 10,000 deep', 'video/mp4', bytesOf(ftyp, nested('moov', 10_000))],
    ['an MP4 of tracks 10,000 deep', 'video/mp4', bytesOf(ftyp, be32(80_008), 'moov', nested('trak', 10_000))],
    [
      'a WAV of chunks far apart',
      'audio/wav',
      repeated(
        bytesOf('RIFF', le32(4 + 131_080 * 64), 'WAVE'),
        repeated(bytesOf('junk', le32(131_072)), new Uint8Array(131_072), 1),
        64,
      ),
    ],
    [
      'an MP4 of boxes far apart',
      'audio/mp4',
      repeated(ftyp, repeated(bytesOf(be32(131_080), 'free'), new Uint8Array(131_072), 1), 64),
    ],
    ['a million ID3 tags', 'audio/mpeg', repeated(new Uint8Array(0), bytesOf('ID3', [3, 0, 0, 0, 0, 0, 0]), million)],
    ['a million MP3 frame heads', 'audio/mpeg', repeated(new Uint8Array(0), bytesOf([0xff, 0xfb, 0x10, 0]), million)],
    ['a JSON of 10,000 brackets', 'application/json', new Uint8Array(10_000).fill('['.charCodeAt(0))],
  ];

  it.each(hostile)('for %s', async (_, contentType, bytes) => {
    expectBounded(await costOf(bytes, contentType));
  });

  it.each(hostile)('for %s at the head of 5 GiB', async (_, contentType, bytes) => {
    expectBounded(await costOf(bytes.subarray(0, MiB(3)), contentType, 5 * 1024 ** 3));
  });
});
