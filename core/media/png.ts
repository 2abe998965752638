import { KiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView } from './byte-view.ts';
import { crc32 } from './crc32.ts';
import { exifTakenAt } from './exif.ts';
import { refuse } from './rejection.ts';
import { possibleFacts } from './sanity.ts';

/** Chunks before the picture's data that are looked at for a time. */
const maxChunks = 64;
const maxExifBytes = KiB(64);
const iend = 'IEND\u00ae\u0042\u0060\u0082';

/** Bit depths that each colour type allows, by the PNG specification. */
const bitDepths = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);

/** Reads IHDR, the time of an `eXIf` chunk, and looks for the end; no compressed chunk is ever opened. */
export const readPng = async (source: ByteSource): Promise<MediaFacts> => {
  const { width, height, bitDepth } = readHeader(await source.need(8, 25, 'the PNG header'));
  const facts = possibleFacts({ format: 'png', codec: 'png', width, height, bitDepth });
  await checkEnd(source);
  const takenAt = await findTime(source);
  return takenAt === undefined ? facts : { ...facts, takenAt };
};

const readHeader = (bytes: Uint8Array): { width: number; height: number; bitDepth: number } => {
  const view = new ByteView(bytes, 'the PNG header');
  if (view.u32be(0) !== 13 || view.text(4, 4) !== 'IHDR' || crc32(bytes.subarray(4, 21)) !== view.u32be(21)) {
    refuse('unreadable', 'The PNG file’s header is damaged. Save the picture anew.');
  }
  const [bitDepth, colourType] = [view.u8(16), view.u8(17)];
  if (bitDepths.get(colourType)?.includes(bitDepth) !== true) {
    refuse('impossible-value', `The PNG file states colour type ${colourType} with ${bitDepth} bits, which cannot be.`);
  }
  return { width: view.u32be(8), height: view.u32be(12), bitDepth };
};

const checkEnd = async (source: ByteSource): Promise<void> => {
  const tail = await source.tail(12);
  if (tail === undefined) return;
  if (tail.bytes.length === 12 && new ByteView(tail.bytes, 'the PNG file').text(4, 8) === iend) return;
  refuse(
    'truncated',
    'The PNG file does not end where a PNG ends: it is cut off or has something attached. Save it anew.',
  );
};

const findTime = async (source: ByteSource): Promise<string | undefined> => {
  let position = 33;
  for (let count = 0; count < maxChunks; count += 1) {
    const bytes = await source.bytes(position, 8);
    if (bytes === undefined || bytes.length < 8) return undefined;
    const chunk = new ByteView(bytes, 'a PNG chunk');
    const [length, type] = [chunk.u32be(0), chunk.text(4, 4)];
    if (type === 'IDAT' || type === 'IEND') return undefined;
    if (type === 'eXIf' && length <= maxExifBytes) {
      const exif = await source.bytes(position + 8, length);
      return exif && exifTakenAt(exif);
    }
    position += 12 + length;
  }
  return undefined;
};
