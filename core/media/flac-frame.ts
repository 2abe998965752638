import { placesBackwards } from './byte-view.ts';
import type { StreamInfo } from './flac.ts';

/** Places that look like a frame are tried from the end; a real file shows its last frame within a few. */
const maxCandidates = 64;

/**
 * The number of samples up to the end of the stream: finds the last frame, whose checksum covers exactly the bytes to the
 * end. Undefined where no frame ends there.
 */
export const lastFlacFrame = (bytes: Uint8Array, info: StreamInfo): number | undefined => {
  let candidates = 0;
  for (const at of placesBackwards(bytes, 0xff, bytes.length - 6)) {
    if (info.maxFrameBytes > 0 && bytes.length - at > info.maxFrameBytes) return undefined;
    const end = ((bytes[at + 1] ?? 0) & 0xfe) === 0xf8 ? frameEnd(bytes, at, info) : undefined;
    if (end === undefined) continue;
    if (crc16(bytes, at) === 0) return end;
    candidates += 1;
    if (candidates === maxCandidates) return undefined;
  }
  return undefined;
};

/** Where the samples of the frame at this place end, if its header is one of this stream. */
const frameEnd = (bytes: Uint8Array, at: number, info: StreamInfo): number | undefined => {
  const variable = ((bytes[at + 1] ?? 0) & 1) === 1;
  const codes = bytes[at + 2] ?? 0;
  const number = codedNumber(bytes, at + 4);
  if (number === undefined || ((bytes[at + 3] ?? 1) & 1) !== 0) return undefined;
  const block = blockSize(codes >> 4, bytes, at + 4 + number.length);
  if (block === undefined || block.samples > info.maxBlock) return undefined;
  const rateBytes = [12, 13, 14].includes(codes & 15) ? ((codes & 15) === 12 ? 1 : 2) : 0;
  const crcAt = at + 4 + number.length + block.length + rateBytes;
  if (crcAt >= bytes.length || crc8(bytes, at, crcAt) !== bytes[crcAt]) return undefined;
  return (variable ? number.value : number.value * info.maxBlock) + block.samples;
};

/** The frame or sample number, coded as UTF-8 codes characters, up to 36 bits. */
const codedNumber = (bytes: Uint8Array, at: number): { value: number; length: number } | undefined => {
  const first = bytes[at] ?? 0xff;
  if (first < 0x80) return { value: first, length: 1 };
  const length = Math.clz32(~(first << 24));
  if (length < 2 || length > 7) return undefined;
  let value = first & (0x7f >> length);
  for (let index = 1; index < length; index += 1) {
    const next = bytes[at + index] ?? 0;
    if ((next & 0xc0) !== 0x80) return undefined;
    value = value * 64 + (next & 0x3f);
  }
  return { value, length };
};

const blockSize = (code: number, bytes: Uint8Array, at: number): { samples: number; length: number } | undefined => {
  if (code === 0) return undefined;
  if (code === 1) return { samples: 192, length: 0 };
  if (code <= 5) return { samples: 576 << (code - 2), length: 0 };
  if (code === 6) return { samples: (bytes[at] ?? 0) + 1, length: 1 };
  if (code === 7) return { samples: (((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)) + 1, length: 2 };
  return { samples: 256 << (code - 8), length: 0 };
};

const crcTable = (bits: 8 | 16, polynomial: number): Uint16Array => {
  const top = 1 << (bits - 1);
  const mask = (1 << bits) - 1;
  return Uint16Array.from({ length: 256 }, (_, byte) => {
    let value = byte << (bits - 8);
    for (let bit = 0; bit < 8; bit += 1) value = ((value << 1) ^ ((value & top) === 0 ? 0 : polynomial)) & mask;
    return value;
  });
};

const table8 = crcTable(8, 0x07);
const table16 = crcTable(16, 0x8005);

const crc8 = (bytes: Uint8Array, from: number, to: number): number => {
  let crc = 0;
  for (let at = from; at < to; at += 1) crc = table8[crc ^ (bytes[at] ?? 0)] ?? 0;
  return crc;
};

const crc16 = (bytes: Uint8Array, from: number): number => {
  let crc = 0;
  for (let at = from; at < bytes.length; at += 1) {
    crc = ((crc << 8) & 0xffff) ^ (table16[(crc >> 8) ^ (bytes[at] ?? 0)] ?? 0);
  }
  return crc;
};
