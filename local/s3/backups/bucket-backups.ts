import type { S3Core } from '../core.ts';
import type { Bucket } from '../store/buckets.ts';
import { objectsAt } from './objects-at.ts';
import { type ObjectsRestore, type RestoredObjects, restoreObjects } from './restore-objects.ts';

/** What AWS Backup does with buckets. */
export interface BucketBackups {
  /** The bucket of an ARN; undefined where there is none. */
  find(arn: string): Bucket | undefined;
  /** Keeps from now on what is removed from a bucket, so that every instant from now on can be restored. */
  watch(bucket: Bucket): void;
  /** How many bytes a backup of that instant holds. */
  bytesAt(bucket: Bucket, atMs: number): number;
  restore(restore: ObjectsRestore): Promise<RestoredObjects>;
  /** Drops what no backup reaches: what went before an instant, but for what is part of the backups of these instants. */
  trim(bucket: Bucket, beforeMs: number, instants: readonly number[]): void;
}

export const bucketBackups = (core: S3Core): BucketBackups => ({
  find: (arn) => core.buckets.all().find((bucket) => bucket.arn === arn),
  watch: (bucket) => core.kept.watch(bucket.id),
  bytesAt(bucket, atMs) {
    let bytes = 0;
    for (const { size } of objectsAt(core, bucket, atMs)) bytes += size;
    return bytes;
  },
  restore: (restore) => restoreObjects(core, restore),
  trim(bucket, beforeMs, instants) {
    core.change(() => {
      for (const { detail } of core.kept.drop(bucket.id, beforeMs, instants)) core.garbage.add(detail.segments);
    });
  },
});
