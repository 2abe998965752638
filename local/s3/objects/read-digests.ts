import type { S3Core } from '../core.ts';
import type { FinishedDigests, WantedDigests } from './content-digests.ts';
import { ContentDigests } from './content-digests.ts';
import type { ContentSink } from './content-sink.ts';
import type { SegmentSlice } from './send-content.ts';

const inMemoryBytes = 256 * 1024;

/** Reads stored content once for its digests, and into a new file where one is given. */
export const readDigests = async (
  core: S3Core,
  slices: readonly SegmentSlice[],
  wanted: Omit<WantedDigests, 'payloadSha256'>,
  sink?: ContentSink,
): Promise<FinishedDigests> => {
  const digests = new ContentDigests({ ...wanted, payloadSha256: undefined });
  const release = core.garbage.hold();
  try {
    for (const { blob, bytes, start, end } of slices) {
      const whole = bytes <= inMemoryBytes;
      const pieces = whole ? [core.blobs.read(blob).subarray(start, end + 1)] : core.blobs.stream(blob, start, end);
      for await (const piece of pieces) {
        digests.update(piece);
        await sink?.write(piece);
      }
    }
    return digests.finish();
  } finally {
    release();
  }
};
