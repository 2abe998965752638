import { refuse } from './rejection.ts';

/** Numbers and letters at places of a byte array; a place outside it is a truncated content, never an exception of the language. */
export class ByteView {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #what: string;

  /** what: the thing that is read, for the message, as in `the WAV header`. */
  constructor(bytes: Uint8Array, what: string) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#what = what;
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(at: number): number {
    return this.#view.getUint8(this.#within(at, 1));
  }

  u16le(at: number): number {
    return this.#view.getUint16(this.#within(at, 2), true);
  }

  u16be(at: number): number {
    return this.#view.getUint16(this.#within(at, 2));
  }

  u24be(at: number): number {
    return (this.u8(at) << 16) | this.u16be(at + 1);
  }

  u32le(at: number): number {
    return this.#view.getUint32(this.#within(at, 4), true);
  }

  u32be(at: number): number {
    return this.#view.getUint32(this.#within(at, 4));
  }

  /** Saturates at the largest safe integer, which no real content reaches. */
  u64le(at: number): number {
    return saturated(this.#view.getBigUint64(this.#within(at, 8), true));
  }

  /** Saturates at the largest safe integer, which no real content reaches. */
  u64be(at: number): number {
    return saturated(this.#view.getBigUint64(this.#within(at, 8)));
  }

  f32le(at: number): number {
    return this.#view.getFloat32(this.#within(at, 4), true);
  }

  f64le(at: number): number {
    return this.#view.getFloat64(this.#within(at, 8), true);
  }

  /** One character for each byte, so that signatures can be compared as text. */
  text(at: number, length: number): string {
    this.#within(at, length);
    return latin1(this.bytes.subarray(at, at + length));
  }

  #within(at: number, length: number): number {
    if (at >= 0 && at + length <= this.bytes.length) return at;
    return refuse('truncated', `The file ends in the middle of ${this.#what}. Upload the complete file.`);
  }
}

/** Bytes as text of one character each; meant for short signatures. Spread, they would be iterated, which takes six times as long. */
export const latin1 = (bytes: Uint8Array): string => Reflect.apply(String.fromCharCode, undefined, bytes);

/** The places of one byte value from a place down to the beginning; the search itself runs at the speed of memory. */
export function* placesBackwards(bytes: Uint8Array, value: number, from: number): Generator<number> {
  let at = from < 0 ? -1 : bytes.lastIndexOf(value, from);
  while (at >= 0) {
    yield at;
    at = at === 0 ? -1 : bytes.lastIndexOf(value, at - 1);
  }
}

const saturated = (value: bigint): number =>
  value > BigInt(Number.MAX_SAFE_INTEGER) ? Number.MAX_SAFE_INTEGER : Number(value);
