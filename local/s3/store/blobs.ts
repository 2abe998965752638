import {
  constants,
  copyFileSync,
  createReadStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Sequence } from './sequence.ts';

/** A piece of an object's content: the file and its length. An object that came in parts has one for each. */
export type Segment = readonly [blob: string, bytes: number];

/** Takes content as it arrives; memory holds two buffers at most. */
export interface BlobWriter {
  write(bytes: Buffer): Promise<void> | undefined;
  /** Puts the file in its place and answers its name. */
  finish(): Promise<string>;
  /** Removes what was written. */
  discard(): Promise<void>;
}

/** Content as files that are never changed once they are in place, so that a copy is a hard link. */
export interface Blobs {
  /** Stores content that is in memory. */
  put(content: readonly Buffer[]): string;
  writer(): BlobWriter;
  /** A second name for the same content. */
  copy(blob: string): string;
  /** The same content in a file of its own, which shares no block that could be damaged. */
  duplicate(blob: string): Promise<string>;
  /** Turns every bit of one byte of this file over; other names of the same content keep theirs. */
  damage(blob: string, at: number): void;
  remove(blob: string): void;
  read(blob: string): Buffer;
  stream(blob: string, start: number, end: number): Readable;
  close(): void;
}

const flushBytes = 1024 * 1024;

/** Opens the files under `dataDir`, or under a temporary folder that is removed on close. */
export const openBlobs = (dataDir: string | undefined, sequence: Sequence): Blobs => {
  const root = dataDir === undefined ? mkdtempSync(join(tmpdir(), 'mediakeep-s3-')) : join(dataDir, 's3');
  const unfinished = join(root, 'unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const folders = new Set(readdirSync(root));
  const place = (blob: string): string => join(root, blob.slice(-2), blob);
  const newBlob = (): string => {
    const blob = sequence.next().toString(16).padStart(12, '0');
    const folder = blob.slice(-2);
    if (!folders.has(folder)) {
      mkdirSync(join(root, folder), { recursive: true });
      folders.add(folder);
    }
    return blob;
  };
  return {
    put(content) {
      const blob = newBlob();
      const bytes = content.length === 1 && content[0] !== undefined ? content[0] : Buffer.concat(content);
      const draft = join(unfinished, blob);
      writeFileSync(draft, bytes);
      renameSync(draft, place(blob));
      return blob;
    },
    writer() {
      const blob = newBlob();
      return blobWriter(blob, join(unfinished, blob), place(blob));
    },
    copy(blob) {
      const copy = newBlob();
      linkOrCopy(place(blob), place(copy));
      return copy;
    },
    async duplicate(blob) {
      const copy = newBlob();
      const draft = join(unfinished, copy);
      await copyFile(place(blob), draft);
      renameSync(draft, place(copy));
      return copy;
    },
    damage(blob, at) {
      const content = readFileSync(place(blob));
      content[at] = (content[at] ?? 0) ^ 0xff;
      const draft = join(unfinished, `${blob}-damaged`);
      writeFileSync(draft, content);
      renameSync(draft, place(blob));
    },
    remove: (blob) => rmSync(place(blob), { force: true }),
    read: (blob) => readFileSync(place(blob)),
    stream: (blob, start, end) => createReadStream(place(blob), { start, end, highWaterMark: 256 * 1024 }),
    close() {
      if (dataDir === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
};

const blobWriter = (blob: string, draft: string, target: string): BlobWriter => {
  const file = open(draft, 'wx');
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let inFlight: Promise<void> = Promise.resolve();
  const flush = (): Promise<void> => {
    const buffers = waiting;
    const before = inFlight;
    waiting = [];
    waitingBytes = 0;
    inFlight = before.then(async () => writeAll(await file, buffers));
    inFlight.catch(() => undefined);
    return before;
  };
  const close = async (): Promise<void> => (await file).close();
  return {
    write(bytes) {
      waiting.push(bytes);
      waitingBytes += bytes.length;
      return waitingBytes < flushBytes ? undefined : flush();
    },
    async finish() {
      void flush();
      await inFlight;
      await close();
      renameSync(draft, target);
      return blob;
    },
    async discard() {
      await inFlight.catch(() => undefined);
      await close();
      unlinkSync(draft);
    },
  };
};

const writeAll = async (file: Awaited<ReturnType<typeof open>>, buffers: readonly Buffer[]): Promise<void> => {
  let left = buffers.filter((buffer) => buffer.length > 0);
  while (left.length > 0) {
    let { bytesWritten } = await file.writev(left);
    left = left.flatMap((buffer) => {
      const rest = buffer.subarray(Math.min(bytesWritten, buffer.length));
      bytesWritten -= buffer.length - rest.length;
      return rest.length > 0 ? [rest] : [];
    });
  }
};

const linkOrCopy = (from: string, to: string): void => {
  try {
    linkSync(from, to);
  } catch (error) {
    // A file has 65,000 names at most on ext4, and some file systems have no hard links.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'EMLINK' && code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EXDEV') throw error;
    copyFileSync(from, to, constants.COPYFILE_FICLONE);
  }
};
