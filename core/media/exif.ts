import { ByteView } from './byte-view.ts';
import { Refusal } from './rejection.ts';

const exifPointer = 0x8769;
const takenTag = 0x9003;
const offsetTag = 0x9011;
/** A directory of a real camera has some thirty entries. */
const maxEntries = 256;

/**
 * When a picture was taken, from the two directories of a TIFF block that lead there: `2026-05-01T12:34:56`, with the
 * zone where the camera wrote one. Nothing else is read, above all no place. A damaged block says nothing and harms nothing.
 */
export const exifTakenAt = (tiff: Uint8Array): string | undefined => {
  try {
    return takenAt(new ByteView(tiff, 'the EXIF data'));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
};

interface Tiff {
  readonly view: ByteView;
  u16(at: number): number;
  u32(at: number): number;
}

const takenAt = (view: ByteView): string | undefined => {
  const little = view.text(0, 4) === 'II*\0';
  if (!little && view.text(0, 4) !== 'MM\0*') return undefined;
  const tiff: Tiff = {
    view,
    u16: (at) => (little ? view.u16le(at) : view.u16be(at)),
    u32: (at) => (little ? view.u32le(at) : view.u32be(at)),
  };
  const pointer = entryAt(tiff, tiff.u32(4), exifPointer);
  if (pointer === undefined) return undefined;
  const directory = tiff.u32(pointer + 8);
  const match = /^(\d{4}):(\d{2}):(\d{2}) (\d{2}:\d{2}:\d{2})/.exec(textOf(tiff, directory, takenTag) ?? '');
  if (match === null) return undefined;
  const [, year, month, day, time] = match;
  const zone = /^[+-]\d{2}:\d{2}/.exec(textOf(tiff, directory, offsetTag) ?? '')?.[0] ?? '';
  const text = `${year}-${month}-${day}T${time}${zone}`;
  return isCalendarTime(text) ? text : undefined;
};

/** Cameras without a set clock write zeros, and a 31 February is no time either. */
const isCalendarTime = (text: string): boolean => {
  const wall = `${text.slice(0, 19)}.000Z`;
  const ms = Date.parse(wall);
  return Number.isFinite(ms) && new Date(ms).toISOString() === wall;
};

const entryAt = (tiff: Tiff, directory: number, tag: number): number | undefined => {
  const count = Math.min(tiff.u16(directory), maxEntries);
  for (let index = 0; index < count; index += 1) {
    const at = directory + 2 + index * 12;
    if (tiff.u16(at) === tag) return at;
  }
  return undefined;
};

const textOf = (tiff: Tiff, directory: number, tag: number): string | undefined => {
  const at = entryAt(tiff, directory, tag);
  if (at === undefined || tiff.u16(at + 2) !== 2) return undefined;
  const length = Math.min(tiff.u32(at + 4), 32);
  return tiff.view.text(length > 4 ? tiff.u32(at + 8) : at + 8, length);
};
