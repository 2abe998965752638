import type { Blobs, BlobWriter, Segment } from '../store/blobs.ts';

/** Below this a content is kept in memory until it is whole and then written at once: that costs the least. */
const inMemoryBytes = 256 * 1024;

/** Takes content of any size into one file. */
export class ContentSink {
  size = 0;
  readonly #blobs: Blobs;
  #pieces: Buffer[] = [];
  #writer: BlobWriter | undefined;

  constructor(blobs: Blobs) {
    this.#blobs = blobs;
  }

  write(piece: Buffer): Promise<void> | undefined {
    this.size += piece.length;
    if (this.#writer !== undefined) return this.#writer.write(piece);
    this.#pieces.push(piece);
    if (this.size <= inMemoryBytes) return undefined;
    const writer = this.#blobs.writer();
    const pending = this.#pieces.map((waiting) => writer.write(waiting)).filter((promise) => promise !== undefined);
    this.#pieces = [];
    this.#writer = writer;
    return pending.length === 0 ? undefined : Promise.all(pending).then(() => undefined);
  }

  /** Stores the content and names its file; empty content has none. */
  async finish(): Promise<readonly Segment[]> {
    if (this.size === 0) return [];
    const blob = this.#writer === undefined ? this.#blobs.put(this.#pieces) : await this.#writer.finish();
    this.#writer = undefined;
    return [[blob, this.size]];
  }

  /** Removes what has been written so far. */
  async discard(): Promise<void> {
    this.#pieces = [];
    await this.#writer?.discard();
    this.#writer = undefined;
  }
}
