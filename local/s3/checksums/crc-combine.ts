/** A reflected CRC: its polynomial and width. */
export interface CrcKind {
  readonly polynomial: bigint;
  readonly bits: bigint;
}

export const crc32Kind: CrcKind = { polynomial: 0xedb88320n, bits: 32n };
export const crc32cKind: CrcKind = { polynomial: 0x82f63b78n, bits: 32n };
export const crc64NvmeKind: CrcKind = { polynomial: 0x9a6c9329ac4bc9b5n, bits: 64n };

/**
 * Combines the CRCs of parts into the CRC of the whole, from their values and lengths alone: appending n bytes multiplies
 * the value before them by x^8n modulo the polynomial.
 */
export const combineCrcs = (kind: CrcKind, parts: readonly { value: bigint; bytes: number }[]): bigint => {
  const factors = new Map<number, bigint>();
  return parts.reduce((whole, { value, bytes }) => {
    const factor = factors.get(bytes) ?? power(kind, bytes);
    factors.set(bytes, factor);
    return multiply(kind, whole, factor) ^ value;
  }, 0n);
};

/** a × b modulo the polynomial; bit 0 is the highest power. */
const multiply = ({ polynomial, bits }: CrcKind, a: bigint, b: bigint): bigint => {
  let product = 0n;
  let shifted = b;
  for (let bit = bits - 1n; bit >= 0n; bit -= 1n) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ polynomial : shifted >> 1n;
  }
  return product;
};

/** x^(8 × bytes) modulo the polynomial. */
const power = (kind: CrcKind, bytes: number): bigint => {
  const one = 1n << (kind.bits - 1n);
  let result = one;
  let square = one >> 8n;
  for (let left = BigInt(bytes); left > 0n; left >>= 1n) {
    if (left & 1n) result = multiply(kind, result, square);
    square = multiply(kind, square, square);
  }
  return result;
};
