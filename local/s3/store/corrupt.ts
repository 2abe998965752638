import * as z from 'zod';
import type { S3Core } from '../core.ts';

/** Which byte is to go wrong. */
export const Damage = z.strictObject({
  bucket: z.string().min(1),
  key: z.string().min(1),
  /** @default the current version */
  versionId: z.string().min(1).optional(),
  /** Which byte of the content. @default the one in the middle */
  at: z.int().min(0).optional(),
});
export type Damage = z.infer<typeof Damage>;

/**
 * Breaks a byte of one version's content on the disk, as an ageing disk would: size, ETag and checksums stay as they were, and
 * whoever reads gets the wrong byte. S3 itself would notice and take another copy; this one has no other.
 */
export const corruptContent = (
  { buckets, versions, blobs }: Pick<S3Core, 'buckets' | 'versions' | 'blobs'>,
  { bucket, key, versionId, at }: Damage,
): void => {
  const found = buckets.find(bucket);
  if (found === undefined) throw new RangeError(`There is no bucket ${bucket}.`);
  const version = versionId === undefined ? versions.current(found.id, key) : versions.find(found.id, key, versionId);
  if (version === undefined || version.marker) throw new RangeError(`There is no such object in ${bucket}.`);
  const byte = at ?? Math.floor(version.size / 2);
  if (byte >= version.size) throw new RangeError(`The object has ${version.size} bytes; there is no byte ${byte}.`);
  let before = 0;
  for (const [blob, bytes] of version.detail.segments) {
    if (byte >= before && byte < before + bytes) blobs.damage(blob, byte - before);
    before += bytes;
  }
};
