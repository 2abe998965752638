import { KiB } from '../bytes.ts';
import type { MediaFacts } from '../facts.ts';
import type { ByteSource } from './byte-source.ts';
import { ByteView, latin1, placesBackwards } from './byte-view.ts';
import { exifTakenAt } from './exif.ts';
import { refuse } from './rejection.ts';
import { possibleFacts } from './sanity.ts';

/** Segments before the picture; colour profiles and previews come in up to a few dozen. */
const maxSegments = 256;
const tailBytes = KiB(64);

interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly bitDepth: number;
  readonly codec: string;
  readonly takenAt: string | undefined;
  /** Phones hang a film or further pictures behind the end of the picture and say so in front. */
  readonly hasAttachment: boolean;
  readonly scanStart: number;
}

/** Reads the frame header and, of EXIF, the time alone. */
export const readJpeg = async (source: ByteSource): Promise<MediaFacts> => {
  const header = await readSegments(source);
  await checkEnd(source, header);
  const { width, height, bitDepth, codec, takenAt } = header;
  return possibleFacts({
    format: 'jpeg',
    codec,
    width,
    height,
    bitDepth,
    ...(takenAt === undefined ? {} : { takenAt }),
  });
};

const frameCodecs = new Map([
  [0xc0, 'baseline'],
  [0xc1, 'extended'],
  [0xc2, 'progressive'],
  [0xc3, 'lossless'],
]);

const readSegments = async (source: ByteSource): Promise<JpegHeader> => {
  let frame: Pick<JpegHeader, 'width' | 'height' | 'bitDepth' | 'codec'> | undefined;
  let takenAt: string | undefined;
  let hasAttachment = false;
  let position = 2;
  for (let count = 0; count < maxSegments; count += 1) {
    const segment = new ByteView(await source.need(position, 4, 'the JPEG header'), 'the JPEG header');
    const [marker, length] = [segment.u8(1), segment.u16be(2)];
    if (segment.u8(0) !== 0xff || length < 2 || marker < 0xc0) break;
    const body = (): Promise<Uint8Array> => source.need(position + 4, length - 2, 'the JPEG header');
    if (frameCodecs.has(marker)) {
      if (frame !== undefined)
        refuse('unreadable', 'The JPEG file describes its picture twice. Save the picture anew.');
      frame = readFrame(marker, await body());
    }
    if (marker === 0xda) {
      if (frame === undefined) break;
      return { ...frame, takenAt, hasAttachment, scanStart: position + 2 + length };
    }
    if (marker === 0xe1) {
      const app1 = await body();
      if (latin1(app1.subarray(0, 6)) === 'Exif\0\0') takenAt ??= exifTakenAt(app1.subarray(6));
      hasAttachment ||= /MotionPhoto|MicroVideo/.test(new TextDecoder('latin1').decode(app1));
    }
    if (marker === 0xe2) hasAttachment ||= latin1((await body()).subarray(0, 4)) === 'MPF\0';
    position += 2 + length;
  }
  return refuse('unreadable', 'The JPEG file has no picture where one should begin. Save the picture anew.');
};

const readFrame = (marker: number, bytes: Uint8Array): Pick<JpegHeader, 'width' | 'height' | 'bitDepth' | 'codec'> => {
  const view = new ByteView(bytes, 'the JPEG header');
  const components = view.u8(5);
  if (components === 0 || components > 4 || view.length < 6 + components * 3) {
    refuse(
      'impossible-value',
      `The JPEG file states ${components} colour components; 1 to 4 are possible. Save it anew.`,
    );
  }
  const codec = frameCodecs.get(marker) ?? 'jpeg';
  return { bitDepth: view.u8(0), height: view.u16be(1), width: view.u16be(3), codec };
};

/** Inside the picture's data the end marker cannot occur, so a file without one at its end is not complete. */
const checkEnd = async (source: ByteSource, { hasAttachment, scanStart }: JpegHeader): Promise<void> => {
  const tail = await source.tail(tailBytes);
  if (tail === undefined || hasAttachment) return;
  const data = tail.bytes.subarray(Math.max(0, scanStart - tail.offset));
  for (const at of placesBackwards(data, 0xff, data.length - 2)) if (data[at + 1] === 0xd9) return;
  refuse('truncated', 'The JPEG file lacks its end: the picture is cut off. Upload the complete file.');
};
