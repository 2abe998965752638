import type { DatabaseSync } from 'node:sqlite';
import type { ObjectVersion } from './object-version.ts';

/**
 * Current versions that were read a moment ago: one object is asked for by several requests in a row, and reading its row
 * costs more than most of them do otherwise. Only what is committed is remembered, and whoever changes a key forgets it first.
 */
export interface RecentVersions {
  get(bucketId: number, key: string): ObjectVersion | undefined;
  /** To be called with what was just read; inside a transaction, which may still be undone, nothing is remembered. */
  remember(version: ObjectVersion): void;
  forget(bucketId: number, key: string): void;
}

/** Enough for the objects that are under way at once, at some kilobytes each. */
const most = 500;

export const recentVersions = (db: DatabaseSync): RecentVersions => {
  const versions = new Map<string, ObjectVersion>();
  const nameOf = (bucketId: number, key: string): string => `${bucketId} ${key}`;
  return {
    get: (bucketId, key) => versions.get(nameOf(bucketId, key)),
    remember(version) {
      if (db.isTransaction) return;
      versions.set(nameOf(version.bucketId, version.key), version);
      const [oldest] = versions.keys();
      if (versions.size > most && oldest !== undefined) versions.delete(oldest);
    },
    forget: (bucketId, key) => void versions.delete(nameOf(bucketId, key)),
  };
};
