import type { S3Core } from '../core.ts';
import { serviceActor } from '../events/announce.ts';
import { commitContent } from '../objects/commit-object.ts';
import { opaqueTag } from '../objects/put-object.ts';
import type { Segment } from '../store/blobs.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectEncryption, ObjectVersion } from '../store/object-version.ts';
import { objectsAt } from './objects-at.ts';

/** What a restore brings where. */
export interface ObjectsRestore {
  readonly source: Bucket;
  readonly target: Bucket;
  readonly atMs: number;
  /** Keys, or prefixes that end with a slash; empty for the whole bucket. */
  readonly items: readonly string[];
  /** Encrypts what is restored. @default the target's own */
  readonly kmsKeyId?: string;
}

/** What came of it. */
export interface RestoredObjects {
  readonly restored: number;
  readonly bytes: number;
  /** Keys that the target had already: a restore never replaces anything. */
  readonly skipped: number;
}

const atOnce = 100;

/**
 * Puts the objects of a backup into a bucket: the newest version of each key, to the Standard class, with its metadata and
 * tags, as a new version. A key that is there is skipped; one whose newest version is a delete marker is not there.
 */
export const restoreObjects = async (core: S3Core, restore: ObjectsRestore): Promise<RestoredObjects> => {
  const tally = { restored: 0, bytes: 0, skipped: 0 };
  const release = core.garbage.hold();
  try {
    let done = 0;
    for (const version of objectsAt(core, restore.source, restore.atMs)) {
      if (!isWanted(version.key, restore.items)) continue;
      if (restoreOne(core, restore, version)) {
        tally.restored += 1;
        tally.bytes += version.size;
      } else tally.skipped += 1;
      done += 1;
      // Others have their turn in between.
      if (done % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return tally;
  } finally {
    release();
  }
};

const isWanted = (key: string, items: readonly string[]): boolean =>
  items.length === 0 || items.some((item) => (item.endsWith('/') ? key.startsWith(item) : key === item));

const restoreOne = (core: S3Core, { target, kmsKeyId }: ObjectsRestore, version: ObjectVersion): boolean => {
  const current = core.versions.current(target.id, version.key);
  if (current !== undefined && !current.marker) return false;
  const { headers, metadata, tags, checksum, parts } = version.detail;
  const segments = version.detail.segments.map(([blob, bytes]): Segment => [core.blobs.copy(blob), bytes]);
  commitContent(core, {
    bucket: target,
    object: {
      key: version.key,
      size: version.size,
      etag: opaqueTag(core),
      detail: {
        headers,
        metadata,
        tags,
        segments,
        ...(checksum && { checksum }),
        ...(parts && { parts }),
        storageClass: 'STANDARD',
        encryption: encryptionOf(target, kmsKeyId),
      },
    },
    conditions: { ifAbsent: false, ifMatch: undefined },
    event: 'ObjectCreated:Put',
    actor: serviceActor(core.newId()),
  });
  return true;
};

const encryptionOf = ({ configuration }: Bucket, kmsKeyId: string | undefined): ObjectEncryption => {
  const { algorithm, keyId, bucketKey } = configuration.encryption;
  const key = kmsKeyId ?? keyId;
  if (kmsKeyId === undefined && algorithm === 'AES256') return { algorithm: 'AES256' };
  return { algorithm: 'aws:kms', bucketKey, ...(key !== undefined && { keyId: key }) };
};
