import type * as Zlib from 'node:zlib';

/**
 * CRC-32 as S3 and zlib compute it (polynomial 0x04C11DB7, reflected). Node's own implementation is taken where there is
 * one, at 5 GB/s; browsers get the table.
 */
export const crc32 = (bytes: Uint8Array, previous = 0): number =>
  nativeCrc32?.(bytes, previous) ?? tableCrc32(bytes, previous);

/** S3's form of a CRC-32: four bytes, big-endian, base64. */
export const crc32Base64 = (crc: number): string =>
  btoa(String.fromCharCode((crc >>> 24) & 0xff, (crc >>> 16) & 0xff, (crc >>> 8) & 0xff, crc & 0xff));

/**
 * The CRC-32 of two byte strings put together, from the CRC-32 of each and the length of the second: appending zeros is a
 * linear map over GF(2), so the first CRC is moved past `secondLength` zero bytes by repeated squaring of that map.
 */
export const combineCrc32 = (first: number, second: number, secondLength: number): number => {
  let shifted = first;
  let power = zeroByteMap;
  for (let length = secondLength; length > 0; length = Math.floor(length / 2)) {
    if (length % 2 === 1) shifted = apply(power, shifted);
    power = square(power);
  }
  return (shifted ^ second) >>> 0;
};

const polynomial = 0xedb88320;

/** `getBuiltinModule` exists in Node and in no browser, and no bundler follows it. */
const zlib: typeof Zlib | undefined = globalThis.process?.getBuiltinModule?.('node:zlib');
const nativeCrc32: typeof Zlib.crc32 | undefined = zlib?.crc32;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
  return crc >>> 0;
});

/** The table-driven implementation that browsers run. */
export const tableCrc32 = (bytes: Uint8Array, previous = 0): number => {
  let crc = ~previous;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** A linear map over GF(2)³²: the image of each of the 32 unit vectors. */
type LinearMap = Uint32Array;

const apply = (map: LinearMap, vector: number): number => {
  let image = 0;
  for (let bit = 0; bit < 32; bit += 1) if ((vector >>> bit) & 1) image ^= map[bit] ?? 0;
  return image >>> 0;
};

const square = (map: LinearMap): LinearMap => map.map((image) => apply(map, image));

const zeroByteMap: LinearMap = (() => {
  const zeroBit = Uint32Array.from({ length: 32 }, (_, bit) => (bit === 0 ? polynomial : 1 << (bit - 1)));
  return square(square(square(zeroBit)));
})();
