import type { ContentPart, ContentSource } from './content.ts';
import { combineCrc32, crc32 } from './crc32.ts';
import type { Sha256 } from './sha256.ts';
import { createSha256 } from './sha256.ts';

const stepBytes = 1024 ** 2;

/** The SHA-256 of the whole content, base64, read in small steps that need next to no memory. */
export const digestOf = async (content: ContentSource, signal?: AbortSignal): Promise<string> => {
  const hash = createSha256();
  for (let start = 0; start < content.bytes; start += stepBytes) {
    const part = content.part(start, Math.min(content.bytes, start + stepBytes));
    try {
      for await (const chunk of part.chunks()) hash.update(chunk);
    } finally {
      part.release();
    }
    signal?.throwIfAborted();
  }
  return hash.digestBase64();
};

/**
 * The checksums of a file that is read part by part, in order, in a single pass: the CRC-32 of each part, that of the whole
 * combined from them, and the SHA-256 of the whole.
 */
export class ContentChecksums {
  #crc = 0;
  readonly #sha256: Sha256 = createSha256();

  /** Reads the next part and answers its CRC-32. */
  async addPart(part: ContentPart, signal?: AbortSignal): Promise<number> {
    let partCrc = 0;
    for await (const chunk of part.chunks()) {
      signal?.throwIfAborted();
      partCrc = crc32(chunk, partCrc);
      this.#sha256.update(chunk);
    }
    this.#crc = combineCrc32(this.#crc, partCrc, part.bytes);
    return partCrc;
  }

  finish(): { crc32: number; sha256: string } {
    return { crc32: this.#crc, sha256: this.#sha256.digestBase64() };
  }
}
