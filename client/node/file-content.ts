import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import type { ContentPart, ContentSource } from '../content.ts';
import { contentChanged } from '../content.ts';

/** Parts up to this length are read from the disk once and kept until they have been sent. */
const maxKeptBytes = 32 * 1024 ** 2;
const chunkBytes = 1024 ** 2;

/** A file as content, with the handle that must be closed. */
export interface FileContent extends ContentSource, AsyncDisposable {}

/** Opens a file for upload. Throws what `fs.open` throws, and an Error for anything that is not a regular file. */
export const openFile = async (path: string): Promise<FileContent> => {
  const handle = await open(path, 'r');
  try {
    const before = await handle.stat({ bigint: true });
    if (!before.isFile()) throw new Error(`${path} is not a regular file.`);
    return fileContent(handle, before);
  } catch (error) {
    await handle.close();
    throw error;
  }
};

type FileState = { readonly size: bigint; readonly mtimeNs: bigint };

const fileContent = (handle: FileHandle, before: FileState): FileContent => {
  const pool: Buffer[] = [];
  return {
    bytes: Number(before.size),
    part: (start, end) =>
      end - start <= maxKeptBytes ? keptPart(handle, start, end, pool) : streamedPart(handle, start, end),
    async requireUnchanged() {
      const after = await handle.stat({ bigint: true });
      if (after.size !== before.size || after.mtimeNs !== before.mtimeNs) throw contentChanged();
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
};

/**
 * Buffers are used again: a fresh one for each part would be garbage faster than it is collected. A part that was released
 * may not be read any more.
 */
const keptPart = (handle: FileHandle, start: number, end: number, pool: Buffer[]): ContentPart => {
  const length = end - start;
  let buffer: Buffer | undefined;
  return {
    bytes: length,
    async *chunks() {
      buffer ??= await fill(handle, bufferOf(length, pool), start, end);
      yield buffer.subarray(0, length);
    },
    release() {
      if (buffer !== undefined) pool.push(buffer);
      buffer = undefined;
    },
  };
};

const bufferOf = (length: number, pool: Buffer[]): Buffer => {
  const pooled = pool.pop();
  return pooled !== undefined && pooled.length >= length ? pooled : Buffer.allocUnsafeSlow(length);
};

const fill = async (handle: FileHandle, buffer: Buffer, start: number, end: number): Promise<Buffer> => {
  const length = end - start;
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, start + filled);
    if (bytesRead === 0) throw contentChanged();
    filled += bytesRead;
  }
  return buffer;
};

const streamedPart = (handle: FileHandle, start: number, end: number): ContentPart => ({
  bytes: end - start,
  async *chunks() {
    for (let at = start; at < end; at += chunkBytes) {
      const next = Math.min(end, at + chunkBytes);
      yield await fill(handle, Buffer.allocUnsafe(next - at), at, next);
    }
  },
  release: () => {},
});
