const polynomial = 0x9a6c9329ac4bc9b5n;
const mask32 = 0xffffffffn;

/** Low and high halves of eight tables, one after the other: entry `table * 256 + byte`. */
const [lowTable, highTable] = makeTables();

/** CRC-64/NVME as two halves, because 64-bit integers are slow in JavaScript. */
export class Crc64Nvme {
  #low = -1;
  #high = -1;

  update(bytes: Uint8Array): void {
    let low = this.#low;
    let high = this.#high;
    let index = 0;
    const whole = bytes.length - 7;
    while (index < whole) {
      low ^= word(bytes, index);
      high ^= word(bytes, index + 4);
      const i0 = 1792 + (low & 255);
      const i1 = 1536 + ((low >>> 8) & 255);
      const i2 = 1280 + ((low >>> 16) & 255);
      const i3 = 1024 + (low >>> 24);
      const i4 = 768 + (high & 255);
      const i5 = 512 + ((high >>> 8) & 255);
      const i6 = 256 + ((high >>> 16) & 255);
      const i7 = high >>> 24;
      low = mix(lowTable, i0, i1, i2, i3) ^ mix(lowTable, i4, i5, i6, i7);
      high = mix(highTable, i0, i1, i2, i3) ^ mix(highTable, i4, i5, i6, i7);
      index += 8;
    }
    for (; index < bytes.length; index += 1) {
      const entry = (low ^ (bytes[index] ?? 0)) & 255;
      low = (lowTable[entry] ?? 0) ^ ((low >>> 8) | (high << 24));
      high = (highTable[entry] ?? 0) ^ (high >>> 8);
    }
    this.#low = low;
    this.#high = high;
  }

  /** The eight bytes of the value, most significant first. */
  digest(): Buffer {
    const bytes = Buffer.alloc(8);
    bytes.writeUInt32BE(~this.#high >>> 0, 0);
    bytes.writeUInt32BE(~this.#low >>> 0, 4);
    return bytes;
  }
}

const mix = (table: Int32Array, a: number, b: number, c: number, d: number): number =>
  (table[a] ?? 0) ^ (table[b] ?? 0) ^ (table[c] ?? 0) ^ (table[d] ?? 0);

const word = (bytes: Uint8Array, index: number): number =>
  (bytes[index] ?? 0) |
  ((bytes[index + 1] ?? 0) << 8) |
  ((bytes[index + 2] ?? 0) << 16) |
  ((bytes[index + 3] ?? 0) << 24);

function makeTables(): [Int32Array, Int32Array] {
  const values: bigint[] = [];
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1n ? (crc >> 1n) ^ polynomial : crc >> 1n;
    values.push(crc);
  }
  for (let index = 256; index < 2048; index += 1) {
    const before = values[index - 256] ?? 0n;
    values.push((values[Number(before & 255n)] ?? 0n) ^ (before >> 8n));
  }
  return [
    Int32Array.from(values, (value) => Number(value & mask32)),
    Int32Array.from(values, (value) => Number(value >> 32n)),
  ];
}
