import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import * as z from 'zod';
import { dataClass } from '../../core/data-class.ts';
import type { MediaFacts } from '../../core/facts.ts';
import type { Inspected } from '../../core/media/inspect.ts';
import { inspectMedia } from '../../core/media/inspect.ts';
import type { Rejection } from '../../core/media/rejection.ts';

/** A class that takes everything and looks at everything, so that each reader is reached by its content type. */
export const anything = dataClass('anything', {
  layout: 'anything/{tenant}/{assetId}',
  accepts: [
    { format: 'wav', contentTypes: ['audio/wav'] },
    { format: 'flac', contentTypes: ['audio/flac'] },
    { format: 'mp3', contentTypes: ['audio/mpeg'] },
    { format: 'ogg', contentTypes: ['audio/ogg'] },
    { format: 'mp4', contentTypes: ['audio/mp4', 'video/mp4'] },
    { format: 'jpeg', contentTypes: ['image/jpeg'] },
    { format: 'png', contentTypes: ['image/png'] },
    { format: 'json', contentTypes: ['application/json'] },
    { format: 'text', contentTypes: ['text/plain', 'text/vtt'] },
    { format: 'binary', contentTypes: ['application/octet-stream'] },
  ],
  maxBytes: 2 ** 40,
  inspect: 'audio',
  retention: {},
  seal: false,
  subjects: true,
  replicate: true,
  attributes: z.strictObject({}),
});

export const sample = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(resolve(import.meta.dirname, '../../samples', name)));

/** A content in memory that counts how it is read, and refuses what a real store would refuse. */
export const countingReader = (bytes: Uint8Array, size = bytes.length) => {
  const counts = { reads: 0, bytes: 0 };
  return {
    counts,
    size,
    read: async (offset: number, length: number): Promise<Uint8Array> => {
      if (length <= 0 || offset < 0 || offset + length > size) throw new Error(`no such range: ${offset}+${length}`);
      counts.reads += 1;
      counts.bytes += length;
      const there = bytes.subarray(offset, offset + length);
      if (there.length === length) return there;
      const padded = new Uint8Array(length);
      padded.set(there);
      return padded;
    },
  };
};

export const inspect = (bytes: Uint8Array, contentType: string): Promise<Inspected> =>
  inspectMedia(countingReader(bytes), anything, contentType);

/** The facts of a content that is expected to be good. */
export const factsOf = async (bytes: Uint8Array, contentType: string): Promise<MediaFacts> => {
  const result = await inspect(bytes, contentType);
  if ('media' in result) return result.media;
  throw new Error(`refused: ${result.rejection.reason}: ${result.rejection.message}`);
};

/** The rejection of a content that is expected to be bad. */
export const rejectionOf = async (bytes: Uint8Array, contentType: string): Promise<Rejection> => {
  const result = await inspect(bytes, contentType);
  if ('rejection' in result) return result.rejection;
  throw new Error(`accepted: ${JSON.stringify(result.media)}`);
};

/** Letters as bytes, numbers as they are, little or big end first by the name of the helper. */
export const bytesOf = (...parts: readonly (string | number | readonly number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === 'string'
        ? [...part].map((char) => char.charCodeAt(0))
        : typeof part === 'number'
          ? [part]
          : [...part],
    ),
  );

export const le16 = (value: number): number[] => [value & 255, (value >>> 8) & 255];
export const le32 = (value: number): number[] => [...le16(value & 0xffff), ...le16(value >>> 16)];
export const be16 = (value: number): number[] => le16(value).reverse();
export const be32 = (value: number): number[] => le32(value).reverse();
export const zeros = (count: number): Uint8Array => new Uint8Array(count);
