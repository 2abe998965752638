import type { S3Core } from '../core.ts';
import { archiveClasses } from '../objects/archive.ts';
import type { Bucket } from '../store/buckets.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes } from '../store/row.ts';

const pageSize = 1000;

/**
 * The objects that a backup of a bucket at an instant holds, in the order of their keys: of each key the newest version of
 * that instant, unless it was a delete marker or had been archived by then.
 */
export function* objectsAt(core: S3Core, bucket: Bucket, atMs: number): Generator<ObjectVersion> {
  const gone = byKey(core.kept.at(bucket.id, atMs));
  const goneKeys = [...gone.keys()];
  let next = 0;
  for (const [key, live] of liveKeys(core, bucket, atMs)) {
    while (next < goneKeys.length && before(goneKeys[next] ?? '', key))
      yield* covered(gone, goneKeys[next++] ?? '', atMs);
    const same = goneKeys[next] === key ? (gone.get(goneKeys[next++] ?? '') ?? []) : [];
    yield* newestCovered([...live, ...same], atMs);
  }
  while (next < goneKeys.length) yield* covered(gone, goneKeys[next++] ?? '', atMs);
}

const covered = (gone: ReadonlyMap<string, readonly ObjectVersion[]>, key: string, atMs: number): ObjectVersion[] =>
  newestCovered(gone.get(key) ?? [], atMs);

const newestCovered = (versions: readonly ObjectVersion[], atMs: number): ObjectVersion[] => {
  const newest = versions.reduce<ObjectVersion | undefined>(
    (found, version) => (found === undefined || version.seq > found.seq ? version : found),
    undefined,
  );
  return newest === undefined || newest.marker || wasArchived(newest, atMs) ? [] : [newest];
};

/** Backups cover what can be read at once; an object stays in those that were made before it was archived. */
const wasArchived = ({ detail, modified }: ObjectVersion, atMs: number): boolean =>
  archiveClasses.includes(detail.storageClass) && (detail.transitionedAt ?? modified) <= atMs;

/** Keys with the versions that were there at the instant and still are. */
function* liveKeys(core: S3Core, bucket: Bucket, atMs: number): Generator<[string, ObjectVersion[]]> {
  let place: { readonly key: Buffer; readonly seq: number | undefined } = { key: Buffer.alloc(0), seq: undefined };
  let group: ObjectVersion[] = [];
  for (;;) {
    const range = { from: place.key, after: false, to: undefined };
    const page = core.versions.all(bucket.id, range, place.seq, pageSize);
    for (const version of page) {
      const [first] = group;
      if (first !== undefined && first.key !== version.key) {
        yield* ofInstant(group, atMs);
        group = [];
      }
      group.push(version);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) break;
    place = { key: keyBytes(last.key), seq: last.seq };
  }
  yield* ofInstant(group, atMs);
}

function* ofInstant(group: readonly ObjectVersion[], atMs: number): Generator<[string, ObjectVersion[]]> {
  const then = group.filter(({ modified }) => modified <= atMs);
  const [first] = then;
  if (first !== undefined) yield [first.key, then];
}

const before = (a: string, b: string): boolean => Buffer.compare(keyBytes(a), keyBytes(b)) < 0;

const byKey = (versions: readonly ObjectVersion[]): Map<string, ObjectVersion[]> => {
  const keys = new Map<string, ObjectVersion[]>();
  for (const version of versions) {
    const found = keys.get(version.key);
    if (found === undefined) keys.set(version.key, [version]);
    else found.push(version);
  }
  return keys;
};
