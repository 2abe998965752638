import { createHash } from 'node:crypto';
import { GiB } from '../../core/bytes.ts';
import type { VersionEntry } from '../../core/catalog/asset-row.ts';
import { days } from '../../core/time.ts';
import type { ListedKey } from '../shared/key-range.ts';

/** A version whose turn it is. */
export interface ScrubTarget {
  readonly key: string;
  readonly version: VersionEntry;
}

/** Which share of the vault is read on a day: one of `everyDays`, each once in as many days. */
export interface Share {
  readonly everyDays: number;
  readonly index: number;
}

/** The share of an instant's day. */
export const shareOf = (now: number, everyDays: number): Share => ({
  everyDays,
  index: Math.floor(now / days(1)) % everyDays,
});

/** True for keys of the share; a digest spreads them evenly, whatever they look like, and in the same way every time. */
export const isInShare = (key: string, { everyDays, index }: Share): boolean =>
  createHash('sha256').update(key).digest().readUInt32BE(0) % everyDays === index;

/**
 * What one page may read, so that a function that lives for 15 minutes comes to its end, also where the largest version is
 * read twice and its copy once. What is larger by itself is read by S3.
 */
export const mostBytes = GiB(8);

/** What can be read at any time; the others lie in an archive, where S3 itself sees to their bytes. */
const readable = new Set([
  'STANDARD',
  'STANDARD_IA',
  'ONEZONE_IA',
  'INTELLIGENT_TIERING',
  'GLACIER_IR',
  'EXPRESS_ONEZONE',
]);

/** The work of one page, and the last key that it covers where it does not cover the stretch. */
export interface ScrubPlan {
  readonly targets: readonly ScrubTarget[];
  /** Larger than what is read here. */
  readonly large: readonly ScrubTarget[];
  /** Current versions of the share that lie in an archive. */
  readonly archived: number;
  readonly through?: string;
}

/** The current versions of a stretch whose turn it is, up to a bound of bytes. */
export const planScrub = (keys: readonly ListedKey[], share: Share, largeBytes = mostBytes): ScrubPlan => {
  const targets: ScrubTarget[] = [];
  const large: ScrubTarget[] = [];
  let bytes = 0;
  let archived = 0;
  let last: string | undefined;
  for (const { key, versions } of keys) {
    const version = versions[0];
    const isDue = version !== undefined && !version.marker && isInShare(key, share);
    if (isDue && !readable.has(version.storageClass ?? 'STANDARD')) archived += 1;
    else if (isDue && (version.bytes ?? 0) > largeBytes) large.push({ key, version });
    else if (isDue) {
      const size = version.bytes ?? 0;
      if (last !== undefined && bytes + size > mostBytes) return { targets, large, archived, through: last };
      bytes += size;
      targets.push({ key, version });
    }
    last = key;
  }
  return { targets, large, archived };
};
