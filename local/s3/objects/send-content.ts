import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { S3Core } from '../core.ts';
import type { Segment } from '../store/blobs.ts';
import type { ByteRange } from './range.ts';

/** Content up to this size is read and sent at once. */
const inMemoryBytes = 256 * 1024;

/** A stretch of one file. */
export interface SegmentSlice {
  readonly blob: string;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
}

/** The files, and the stretches of them, that hold a range of an object. */
export const slicesOf = (segments: readonly Segment[], { start, end }: ByteRange): SegmentSlice[] => {
  const slices: SegmentSlice[] = [];
  let offset = 0;
  for (const [blob, bytes] of segments) {
    const first = Math.max(start - offset, 0);
    const last = Math.min(end - offset, bytes - 1);
    if (first <= last) slices.push({ blob, bytes, start: first, end: last });
    offset += bytes;
    if (offset > end) break;
  }
  return slices;
};

/** Sends a range of an object as the body of an answer whose headers are set. */
export const sendContent = async (
  core: S3Core,
  response: ServerResponse,
  segments: readonly Segment[],
  range: ByteRange,
): Promise<void> => {
  const slices = slicesOf(segments, range);
  const only = slices[0];
  if (only === undefined) {
    response.end();
    return;
  }
  if (slices.length === 1 && only.bytes <= inMemoryBytes) {
    response.end(core.blobs.read(only.blob).subarray(only.start, only.end + 1));
    return;
  }
  const release = core.garbage.hold();
  try {
    for (const { blob, start, end } of slices) {
      await pipeline(core.blobs.stream(blob, start, end), response, { end: false });
    }
    response.end();
  } catch (error) {
    // A client that goes away while it reads is not an error of ours.
    if (!response.destroyed) throw error;
  } finally {
    release();
  }
};
