import { KiB, MiB } from '../bytes.ts';
import { refuse } from './rejection.ts';

/** Reads ranges of one pinned content; the answer has exactly the length that was asked for. */
export interface RangedReader {
  readonly size: number;
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** How much of one content may be read. */
export interface ReadBudget {
  readonly maxReads: number;
  readonly maxBytes: number;
}

export const defaultReadBudget: ReadBudget = { maxReads: 6, maxBytes: MiB(2) };

/** One read brings at least this much, so that neighbouring headers come together. */
const readAheadBytes = KiB(64);

interface Chunk {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** A content seen through a budget: what was read once is kept, and what the budget does not reach is not there. */
export class ByteSource {
  readonly size: number;
  readonly #reader: RangedReader;
  readonly #chunks: Chunk[] = [];
  #readsLeft: number;
  #bytesLeft: number;

  constructor(reader: RangedReader, budget: ReadBudget = defaultReadBudget) {
    this.size = reader.size;
    this.#reader = reader;
    this.#readsLeft = budget.maxReads;
    this.#bytesLeft = budget.maxBytes;
  }

  /** The bytes of a range, fewer where the content ends; undefined where the budget does not reach. */
  async bytes(offset: number, length: number): Promise<Uint8Array | undefined> {
    const end = Math.min(offset + length, this.size);
    if (offset >= end) return new Uint8Array(0);
    const known = this.#chunks.find((chunk) => offset >= chunk.offset && offset <= chunk.offset + chunk.bytes.length);
    if (known !== undefined && end <= known.offset + known.bytes.length) return slice(known, offset, end);
    const chunk = await this.#extend(known ?? { offset, bytes: new Uint8Array(0) }, end);
    return chunk === undefined ? undefined : slice(chunk, offset, end);
  }

  /** The bytes of a range that must be there; refuses a content that ends before them or lies outside the budget. */
  async need(offset: number, length: number, what: string): Promise<Uint8Array> {
    if (offset + length > this.size) {
      refuse('truncated', `The file ends in the middle of ${what}, at byte ${this.size}. Upload the complete file.`);
    }
    const bytes = await this.bytes(offset, length);
    return bytes ?? refuse('too-complex', `${capital(what)} lies too deep in the file to be read. Save the file anew.`);
  }

  /** The last bytes of the content, at most this many, with the offset at which they begin. */
  async tail(length: number): Promise<{ offset: number; bytes: Uint8Array } | undefined> {
    const offset = Math.max(0, this.size - length);
    const bytes = await this.bytes(offset, this.size - offset);
    return bytes === undefined ? undefined : { offset, bytes };
  }

  async #extend(known: Chunk, end: number): Promise<Chunk | undefined> {
    const from = known.offset + known.bytes.length;
    const wanted = Math.min(Math.max(end - from, Math.min(readAheadBytes, this.#bytesLeft)), this.size - from);
    if (this.#readsLeft === 0 || wanted > this.#bytesLeft) return undefined;
    this.#readsLeft -= 1;
    this.#bytesLeft -= wanted;
    const more = await this.#reader.read(from, wanted);
    if (more.length !== wanted) throw new Error(`A read of ${wanted} bytes at ${from} brought ${more.length}.`);
    const chunk = { offset: known.offset, bytes: join(known.bytes, more) };
    const place = this.#chunks.indexOf(known);
    this.#chunks.splice(place === -1 ? this.#chunks.length : place, 1, chunk);
    return chunk;
  }
}

const slice = (chunk: Chunk, offset: number, end: number): Uint8Array =>
  chunk.bytes.subarray(offset - chunk.offset, end - chunk.offset);

const join = (first: Uint8Array, second: Uint8Array): Uint8Array => {
  if (first.length === 0) return second;
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
