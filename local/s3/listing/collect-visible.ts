import type { S3Core } from '../core.ts';
import type { ObjectVersion } from '../store/object-version.ts';
import { keyBytes } from '../store/row.ts';

/** What a list of current objects is asked for. */
export interface VisibleQuery {
  readonly bucketId: number;
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Keys and common prefixes after this one. */
  readonly after: string;
  readonly limit: number;
}

/** One page: objects and common prefixes, together at most the limit. */
export interface VisiblePage {
  readonly objects: readonly ObjectVersion[];
  readonly prefixes: readonly string[];
  readonly truncated: boolean;
  /** The last key or common prefix of the page. */
  readonly last: string;
}

/** Above every key with a prefix, because no UTF-8 text holds this byte. */
const above = (prefix: string): Buffer => Buffer.concat([keyBytes(prefix), Buffer.from([0xff])]);

/** Collects a page; a common prefix is passed over in one step, however many keys it holds. */
export const collectVisible = (core: S3Core, query: VisibleQuery): VisiblePage => {
  const { bucketId, prefix, delimiter, after, limit } = query;
  const objects: ObjectVersion[] = [];
  const prefixes: string[] = [];
  const to = above(prefix);
  let last = after;
  let batchSize = firstBatchSize(delimiter);
  let from = firstPosition(query);
  let exclusive = from.exclusive;
  for (;;) {
    const wanted = Math.min(limit - objects.length - prefixes.length + 1, batchSize);
    const batch = core.versions.visible(bucketId, { from: from.bytes, after: exclusive, to }, wanted);
    let jumped = false;
    for (const object of batch) {
      if (objects.length + prefixes.length >= limit) return { objects, prefixes, truncated: limit > 0, last };
      const common = commonPrefix(object.key, prefix, delimiter);
      if (common === undefined) {
        objects.push(object);
        last = object.key;
        from = { bytes: keyBytes(object.key), exclusive: true };
        continue;
      }
      prefixes.push(common);
      last = common;
      from = { bytes: above(common), exclusive: true };
      jumped = true;
      break;
    }
    if (!jumped && batch.length < wanted) return { objects, prefixes, truncated: false, last };
    batchSize = nextBatchSize(batchSize, jumped);
    exclusive = from.exclusive;
  }
};

/** With a delimiter the next key is often a common prefix, behind which everything read ahead is in vain. */
export const firstBatchSize = (delimiter: string | undefined): number => (delimiter === undefined ? 1001 : 8);

/** Reads further ahead as long as nothing is passed over. */
export const nextBatchSize = (before: number, jumped: boolean): number => (jumped ? 8 : Math.min(before * 4, 1001));

/** The key up to and with the first delimiter after the prefix; undefined where there is none. */
export const commonPrefix = (key: string, prefix: string, delimiter: string | undefined): string | undefined => {
  if (delimiter === undefined) return undefined;
  const cut = key.indexOf(delimiter, prefix.length);
  return cut === -1 ? undefined : key.slice(0, cut + delimiter.length);
};

const firstPosition = ({ prefix, delimiter, after }: VisibleQuery): { bytes: Buffer; exclusive: boolean } => {
  const start = keyBytes(prefix);
  const marker = keyBytes(after);
  if (after === '' || marker.compare(start) < 0) return { bytes: start, exclusive: false };
  const passed = after.startsWith(prefix) && commonPrefix(after, prefix, delimiter) === after;
  return { bytes: passed ? above(after) : marker, exclusive: true };
};
