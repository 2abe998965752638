import { ContentChangedError } from './errors.ts';

/** A piece of the content that is read once for its checksums and once or more for sending. */
export interface ContentPart {
  readonly bytes: number;
  chunks(): AsyncIterable<Uint8Array>;
  /** Where the platform can send it by itself. */
  readonly blob?: Blob;
  /** Gives back what the part holds in memory. */
  release(): void;
}

/** Something to upload: a known length, read in parts, never held whole. */
export interface ContentSource {
  readonly bytes: number;
  part(start: number, end: number): ContentPart;
  /** Throws a {@link ContentChangedError} if it is no longer what it was when it was opened. */
  requireUnchanged(): Promise<void>;
}

/** What a caller may hand over directly; files in Node come from `mediakeep/client/node`. */
export type Content = Blob | Uint8Array | string | ContentSource;

export const openContent = (content: Content): ContentSource => {
  if (content instanceof Blob) return blobSource(content);
  if (typeof content === 'string' || content instanceof Uint8Array) return blobSource(new Blob([copyOf(content)]));
  return content;
};

/** The error for a file that is written to during its upload. */
export const contentChanged = (cause?: unknown): ContentChangedError =>
  new ContentChangedError(
    'The file changed while it was read. Nothing of it is stored; upload it again once it is complete.',
    { cause },
  );

const copyOf = (content: Uint8Array | string): BlobPart =>
  typeof content === 'string' ? content : new Uint8Array(content);

const blobSource = (blob: Blob): ContentSource => ({
  bytes: blob.size,
  part: (start, end) => blobPart(blob.slice(start, end)),
  requireUnchanged: async () => {},
});

const blobPart = (blob: Blob): ContentPart => ({
  bytes: blob.size,
  blob,
  chunks: () => readBlob(blob),
  release: () => {},
});

async function* readBlob(blob: Blob): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of blob.stream()) yield chunk;
  } catch (error) {
    // A browser refuses to read a File that is no longer the one that was chosen.
    throw error instanceof DOMException && error.name === 'NotReadableError' ? contentChanged(error) : error;
  }
}
