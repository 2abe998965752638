import type { VersionEntry } from '../../../core/catalog/asset-row.ts';
import type { StoredText, VersionHead } from '../../../core/observe/ports.ts';
import { isoTime } from '../../../core/time.ts';

export interface NewContent {
  readonly sha256: string;
  /** `x-amz-meta-facts`. */
  readonly header: string;
  readonly body: string;
}

/** One version or delete marker, as a list and as a HEAD show it; what is not readonly can change without a new version. */
export interface ModelVersion extends NewContent {
  readonly versionId: string;
  readonly marker: boolean;
  entry: VersionEntry;
  head: VersionHead | undefined;
}

/** A bucket with versions, strongly consistent like S3; every change is one atomic step. */
export interface ModelBucket {
  put(key: string, content: NewContent): ModelVersion;
  mark(key: string): ModelVersion;
  remove(key: string, versionId: string): void;
  /** Moves a version to another storage class. */
  transition(version: ModelVersion, storageClass: string): void;
  /** Lets a temporary copy of an archived version appear. */
  restore(version: ModelVersion): void;
  keys(): readonly string[];
  /** Newest first. */
  versionsOf(key: string): readonly ModelVersion[];
  head(key: string, versionId: string): VersionHead | undefined;
  list(key: string): readonly VersionEntry[];
  read(key: string): StoredText | undefined;
}

const noContent: NewContent = { sha256: '', header: '', body: '' };

export const createBucket = (now: () => number): ModelBucket => {
  const keys = new Map<string, ModelVersion[]>();
  let made = 0;
  const add = (key: string, marker: boolean, content: NewContent): ModelVersion => {
    const version = newVersion(`v${++made}`, isoTime(now()), marker, content);
    keys.set(key, [version, ...(keys.get(key) ?? [])]);
    return version;
  };
  const versionsOf = (key: string): readonly ModelVersion[] => keys.get(key) ?? [];
  return {
    put: (key, content) => add(key, false, content),
    mark: (key) => add(key, true, noContent),
    remove(key, versionId) {
      keys.set(
        key,
        versionsOf(key).filter((version) => version.versionId !== versionId),
      );
    },
    transition(version, storageClass) {
      version.entry = { ...version.entry, storageClass };
      if (version.head !== undefined) version.head = { ...version.head, storageClass };
    },
    restore(version) {
      const restore = { ongoing: false, until: isoTime(now()) };
      if (version.head !== undefined) version.head = { ...version.head, restore };
    },
    keys: () => [...keys.keys()],
    versionsOf,
    head: (key, versionId) => versionsOf(key).find((one) => one.versionId === versionId)?.head,
    list: (key) => versionsOf(key).map(({ entry }) => entry),
    read(key) {
      const newest = versionsOf(key)[0];
      return newest === undefined || newest.marker ? undefined : { body: newest.body, etag: newest.versionId };
    },
  };
};

const newVersion = (versionId: string, at: string, marker: boolean, content: NewContent): ModelVersion => {
  const told = { versionId, at, bytes: 1, etag: versionId, storageClass: 'STANDARD' };
  if (marker) return { ...content, versionId, marker, entry: { versionId, at, marker }, head: undefined };
  const { header, sha256 } = content;
  return { ...content, versionId, marker, entry: { ...told, marker }, head: { ...told, facts: header, sha256 } };
};
