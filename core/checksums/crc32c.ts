import { slicingTables } from './slicing-tables.ts';

const tables = slicingTables(0x82f63b78);

/** CRC-32C (Castagnoli) of bytes, continued from the value so far. */
export const crc32c = (bytes: Uint8Array, before = 0): number => {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables;
  let crc = ~before;
  let index = 0;
  const whole = bytes.length - 7;
  while (index < whole) {
    const low = crc ^ word(bytes, index);
    const high = word(bytes, index + 4);
    crc =
      at(t7, low & 255) ^
      at(t6, (low >>> 8) & 255) ^
      at(t5, (low >>> 16) & 255) ^
      at(t4, low >>> 24) ^
      at(t3, high & 255) ^
      at(t2, (high >>> 8) & 255) ^
      at(t1, (high >>> 16) & 255) ^
      at(t0, high >>> 24);
    index += 8;
  }
  for (; index < bytes.length; index += 1) crc = at(t0, (crc ^ (bytes[index] ?? 0)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
};

const at = (table: Int32Array, index: number): number => table[index] ?? 0;

const word = (bytes: Uint8Array, index: number): number =>
  (bytes[index] ?? 0) |
  ((bytes[index + 1] ?? 0) << 8) |
  ((bytes[index + 2] ?? 0) << 16) |
  ((bytes[index + 3] ?? 0) << 24);
